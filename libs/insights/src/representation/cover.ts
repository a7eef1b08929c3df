import type { Space } from '../population/population.js';

/** Members beyond this number are not compared; they stay. */
const MAX_MEMBERS = 4000;

/**
 * Chooses `keep` of the rows by farthest-first traversal (Gonzalez 1985), from the first row on: each next one is the
 * farthest from all chosen ones. Returns the others, nearest to a chosen one first: they can go with the least loss of
 * cover. O(rows · keep).
 */
export function findRedundant({ values, width }: Space, rows: Int32Array, keep: number): Int32Array {
  const some = rows.subarray(0, MAX_MEMBERS);
  const squares = new Float64Array(some.length).fill(Infinity);
  const chosen = new Uint8Array(some.length);
  let next = 0;
  for (let count = 0; count < Math.min(keep, some.length); count++) {
    chosen[next] = 1;
    const from = some[next]! * width;
    let farthest = -1;
    for (let at = 0; at < some.length; at++) {
      let square = 0;
      for (let i = 0, to = some[at]! * width; i < width && square < squares[at]!; i++)
        square += (values[from + i]! - values[to + i]!) ** 2;
      if (square < squares[at]!) squares[at] = square;
      if (chosen[at] === 0 && squares[at]! > farthest) [farthest, next] = [squares[at]!, at];
    }
  }
  return Int32Array.from(
    [...some.keys()].filter((at) => chosen[at] === 0).sort((a, b) => squares[a]! - squares[b]! || a - b),
    (at) => some[at]!,
  );
}
