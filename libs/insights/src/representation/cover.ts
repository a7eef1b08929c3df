import type { Space } from '../population/population.js';

/** Of more members these are compared, evenly spaced in their order; the others stay. */
export const MAX_COMPARED = 4000;

/**
 * Chooses `keep` of the rows by farthest-first traversal (Gonzalez 1985), from the first row on: each next one is the
 * farthest from all chosen ones. Returns the others, nearest to a chosen one first: they can go with the least loss of
 * cover. Of more than 4,000 rows, 4,000 are compared, of which the same share stays. O(rows · keep).
 */
export function findRedundant({ values, width }: Space, rows: Int32Array, keep: number): Int32Array {
  const count = Math.min(MAX_COMPARED, rows.length);
  const some = Int32Array.from({ length: count }, (_, at) => rows[Math.floor((at * rows.length) / count)]!);
  const kept = Math.min(count, Math.max(1, Math.round((keep * count) / rows.length)));
  const squares = new Float64Array(some.length).fill(Infinity);
  const chosen = new Uint8Array(some.length);
  let next = 0;
  for (let at = 0; at < kept; at++) {
    chosen[next] = 1;
    const from = some[next]! * width;
    let farthest = -1;
    for (let other = 0; other < count; other++) {
      let square = 0;
      for (let i = 0, to = some[other]! * width; i < width && square < squares[other]!; i++)
        square += (values[from + i]! - values[to + i]!) ** 2;
      if (square < squares[other]!) squares[other] = square;
      if (chosen[other] === 0 && squares[other]! > farthest) [farthest, next] = [squares[other]!, other];
    }
  }
  return Int32Array.from(
    [...some.keys()].filter((at) => chosen[at] === 0).sort((a, b) => squares[a]! - squares[b]! || a - b),
    (at) => some[at]!,
  );
}
