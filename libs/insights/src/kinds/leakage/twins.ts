import type { Finding } from '../../finding/finding.js';
import { selectHeldOut } from '../../population/held-out.js';
import type { Population } from '../../population/population.js';
import { groupCopies } from '../duplicates/groups.js';
import type { CopyPairs } from '../duplicates/pairs.js';
import { describeInflation, measureInflation } from './inflation.js';

/** Finds held-out samples with a copy among the training samples. */
export function findTwins(population: Population, pairs: CopyPairs, seed: number): Finding | undefined {
  const { n, splits, splitCodes } = population;
  const training = splits.indexOf('training');
  const { rows } = selectHeldOut(population);
  const isLearned = (row: number): boolean => splitCodes[row] === training;
  const isLeaked = (row: number): boolean => !isLearned(row) && rows[row] === 1;
  const groups = groupCopies(pairs).filter((group) => group.some(isLearned) && group.some(isLeaked));
  if (groups.length === 0) return undefined;
  const leaked = new Uint8Array(n);
  let equal = 0;
  for (const group of groups) {
    const learned = new Set(group.filter(isLearned).map((row) => pairs.original[row]!));
    for (const row of group.filter(isLeaked)) {
      leaked[row] = 1;
      if (learned.has(pairs.original[row]!)) equal++;
    }
  }
  const count = leaked.reduce((sum, one) => sum + one, 0);
  const heldOut = rows.reduce((sum, one) => sum + one, 0);
  const { text, numbers, ...rest } = describeInflation(measureInflation(population, leaked, seed));
  // The held-out sample first, then its copies.
  const ordered = groups.map((group) => [
    ...group.filter(isLeaked),
    ...group.filter((row) => !isLeaked(row)),
  ]);
  let at = 0;
  return {
    subkind: 'twins',
    // Each pair was compared: nothing is estimated but the gain, which has its interval.
    state: 'confirmed',
    sentence:
      `${count} of ${heldOut} held-out samples are copies of training samples, ${equal} of them ` +
      `equal; ${text}.`,
    membership: { by: 'pairs', least: pairs.threshold?.similarity ?? 1 },
    members: Int32Array.from(ordered.flat()),
    scores: undefined,
    pValue: undefined,
    qValue: undefined,
    explanations: [],
    groups: ordered.map((group) => group.map(() => at++)),
    numbers: { leaked: count, equal, similar: count - equal, heldOut, ...numbers },
    tables: {},
    remarks: [],
    ...rest,
  };
}
