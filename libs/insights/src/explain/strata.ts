import { seededRandom } from '@noema/kernel/random';
import { sampleRows } from '../population/sample-rows.js';
import { thinRows } from '../population/groups.js';
import type { Population } from '../population/population.js';
import type { Strata } from './association.js';

/**
 * Samples at most `maxRows` rows, one of each group of members and of others, as evenly of both as there are enough of
 * each.
 */
export function sampleSides(
  mask: Uint8Array,
  domain: Int32Array,
  { maxRows, seed, groups }: { readonly maxRows: number; readonly seed: number } & Pick<Population, 'groups'>,
): Int32Array {
  const random = seededRandom(seed, 2);
  const [members, others] = [true, false].map((isMember) =>
    thinRows(
      { groups },
      domain.filter((row) => (mask[row] === 1) === isMember),
      random,
    ),
  ) as [Int32Array, Int32Array];
  const limit = (other: Int32Array): number => Math.max(Math.floor(maxRows / 2), maxRows - other.length);
  return Int32Array.from([
    ...sampleRows(members, limit(others), random),
    ...sampleRows(others, limit(members), random),
  ]).sort();
}

/**
 * Puts sampled rows into strata by class, without strata that have only members or none, and draws the members of
 * `permutations` random relabellings inside of them.
 */
export function drawStrata(
  rows: Int32Array,
  mask: Uint8Array,
  classes: Int32Array | undefined,
  { permutations, seed }: { readonly permutations: number; readonly seed: number },
): { readonly strata: Strata; readonly rows: Int32Array } {
  const byClass = new Map<number, number[]>();
  for (const row of rows) {
    const key = classes?.[row] ?? 0;
    const own = byClass.get(key);
    if (own === undefined) byClass.set(key, [row]);
    else own.push(row);
  }
  const mixed = [...byClass.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, own]) => own)
    .filter((own) => own.some((row) => mask[row] === 1) && own.some((row) => mask[row] !== 1));
  const kept = Int32Array.from(mixed.flat());
  const codes = Int32Array.from(mixed.flatMap((own, stratum) => own.map(() => stratum)));
  const observed = Int32Array.from([...kept.keys()].filter((at) => mask[kept[at]!] === 1));
  const random = seededRandom(seed, 3);
  const counts = mixed.map((own) => own.reduce((sum, row) => sum + Number(mask[row] === 1), 0));
  const draw = memberDraws(
    mixed.map((own) => own.length),
    counts,
    random,
  );
  const draws = Array.from({ length: permutations }, draw);
  return { strata: { codes, count: mixed.length, draws: [observed, ...draws] }, rows: kept };
}

/** Returns a draw of as many positions of each stratum as it has members, by the start of a shuffle that goes on. */
function memberDraws(
  sizes: readonly number[],
  members: readonly number[],
  random: () => number,
): () => Int32Array {
  const order = Int32Array.from({ length: sizes.reduce((sum, size) => sum + size, 0) }, (_, at) => at);
  const drawn = new Int32Array(members.reduce((sum, count) => sum + count, 0));
  return () => {
    let [offset, to] = [0, 0];
    sizes.forEach((size, stratum) => {
      for (let i = 0; i < members[stratum]!; i++) {
        const a = offset + i;
        const b = offset + i + Math.floor(random() * (size - i));
        const chosen = order[b]!;
        order[b] = order[a]!;
        order[a] = chosen;
        drawn[to++] = chosen;
      }
      offset += size;
    });
    return drawn.slice();
  };
}
