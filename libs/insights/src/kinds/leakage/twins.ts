import type { Finding } from '../../finding/finding.js';
import { formatCount } from '../../finding/numbers.js';
import type { Population } from '../../population/population.js';
import type { CopyPairs } from '../duplicates/pairs.js';
import { describeInflation, measureInflation } from './inflation.js';
import { joinTwins } from './join-twins.js';
import { selectLeakable } from './leakable.js';

/** Finds held-out samples with a copy among the training samples. */
export function findTwins(population: Population, pairs: CopyPairs, seed: number): Finding | undefined {
  const { n, splits, splitCodes } = population;
  const training = splits.indexOf('training');
  const { rows, count: heldOut } = selectLeakable(population);
  const isLearned = (row: number): boolean => splitCodes[row] === training;
  const isHeldOut = (row: number): boolean => rows[row] === 1;
  const { groups, equal } = joinTwins(pairs, isLearned, isHeldOut);
  if (groups.length === 0) return undefined;
  const leaked = new Uint8Array(n);
  for (const { held } of groups) for (const row of held) leaked[row] = 1;
  const count = leaked.reduce((sum, one) => sum + one, 0);
  const { text, numbers, ...rest } = describeInflation(measureInflation(population, leaked, seed));
  const ordered = groups.map(({ held, learned }) => [...held, ...learned]);
  let at = 0;
  return {
    subkind: 'twins',
    // Each pair was compared: nothing is estimated but the gain, which has its interval.
    state: 'confirmed',
    sentence:
      `${formatCount(count)} of ${formatCount(heldOut)} held-out samples ` +
      `${count === 1 ? 'is a copy' : 'are copies'} of training samples, ` +
      `${countEqual(equal, count)}; ${text}.`,
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

function countEqual(equal: number, count: number): string {
  if (equal === 0) return count === 1 ? 'but not equal to it' : 'but not equal to them';
  if (equal === count) return count === 1 ? 'equal to it' : 'all of them equal';
  return `${formatCount(equal)} of them equal`;
}
