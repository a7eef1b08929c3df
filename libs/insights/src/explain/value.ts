import type { Explanation } from '../finding/finding.js';
import type { BinnedColumn } from './columns.js';

/** A value with fewer members, or a share that is not this many times that of the others, explains nothing. */
const [MIN_MEMBERS, MIN_RATIO] = [10, 1.25];

type Value = Pick<Explanation, 'value' | 'inside' | 'outside' | 'insideCount'>;

/**
 * Returns the value, or the range of neighbouring bins, that is most frequent among members against what the others of
 * the same classes have; undefined where no value has 10 members and 1.25 times the share of the others.
 */
export function chooseValue(
  column: BinnedColumn,
  mask: Uint8Array,
  domain: Int32Array,
  classes: Int32Array | undefined,
): Value | undefined {
  const { inside, expected, variance, members } = countBins(column, mask, domain, classes);
  let best: { readonly z: number; readonly value: Value } | undefined;
  const last = column.bins - 1;
  for (let from = 0; from <= last; from++) {
    let count = 0;
    let outside = 0;
    let spread = 0;
    for (let to = from; to <= last; to++) {
      // The last bin, missing or rare, is no neighbour.
      if (to > from && (!column.isOrdered || to === last)) break;
      count += inside[to]!;
      outside += expected[to]!;
      spread += variance[to]!;
      if (count < MIN_MEMBERS || count < MIN_RATIO * outside) continue;
      const z = (count - outside) / Math.sqrt(Math.max(spread, 1));
      if (best !== undefined && best.z >= z) continue;
      const value = column.describe(from, to);
      best = { z, value: { value, inside: count / members, outside: outside / members, insideCount: count } };
    }
  }
  return best?.value;
}

/** Members in each bin, and as many as the others of their classes would have there. */
function countBins(
  { bins, findBin }: BinnedColumn,
  mask: Uint8Array,
  domain: Int32Array,
  classes: Int32Array | undefined,
): Readonly<Record<'inside' | 'expected' | 'variance', Float64Array>> & { readonly members: number } {
  const tables = new Map<number, { readonly inside: Float64Array; readonly outside: Float64Array }>();
  for (const row of domain) {
    const key = classes?.[row] ?? 0;
    let table = tables.get(key);
    if (table === undefined) {
      table = { inside: new Float64Array(bins), outside: new Float64Array(bins) };
      tables.set(key, table);
    }
    table[mask[row] === 1 ? 'inside' : 'outside'][findBin(row)]!++;
  }
  const [inside, expected, variance] = [
    new Float64Array(bins),
    new Float64Array(bins),
    new Float64Array(bins),
  ];
  let members = 0;
  for (const table of tables.values()) {
    const [own, others] = [table.inside, table.outside].map((counts) =>
      counts.reduce((sum, one) => sum + one, 0),
    );
    // A class without others has nothing to compare with.
    if (own === 0 || others === 0) continue;
    members += own!;
    for (let bin = 0; bin < bins; bin++) {
      const share = table.outside[bin]! / others!;
      inside[bin]! += table.inside[bin]!;
      expected[bin]! += own! * share;
      variance[bin]! += own! * share * (1 - share) * (1 + own! / others!);
    }
  }
  return { inside, expected, variance, members };
}
