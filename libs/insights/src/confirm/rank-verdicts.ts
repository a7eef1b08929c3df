import { evaluateMembership } from '../finding/members.js';
import type { Population } from '../population/population.js';
import type { Verdict } from './confirm-suspects.js';
import type { Outcomes } from './outcomes.js';

const MAX_HINTS = 10;

/**
 * Returns the confirmed groups so that each next one adds most to those before: the residuals of its members that no
 * group before has, in standard deviations of their sum, less by the samples of other classes that share its region.
 * Parts and near copies of one group would fill the beginning of the list. Then hints by chance. `outcomes`
 * belong to the confirming rows.
 */
export function rankVerdicts(
  population: Population,
  verdicts: readonly Verdict[],
  { rows, residuals }: Outcomes,
): Verdict[] {
  const left = verdicts
    .filter(({ state }) => state === 'confirmed')
    .toSorted((a, b) => a.pValue - b.pValue)
    .map((verdict) => {
      const mask = evaluateMembership(verdict.suspect.membership, population);
      return { verdict, members: Int32Array.from(rows.keys()).filter((at) => mask[rows[at]!] === 1) };
    });
  const isCovered = new Uint8Array(rows.length);
  const measureGain = ({ verdict, members }: (typeof left)[number]): number => {
    let [sum, count] = [0, 0];
    for (const at of members)
      if (isCovered[at] === 0) {
        sum += residuals[at]!;
        count++;
      }
    return count === 0 ? 0 : Math.max(0, sum) * Math.sqrt(verdict.suspect.purity / count);
  };
  const ranked: Verdict[] = [];
  while (left.length > 0) {
    const gains = left.map(measureGain);
    const [next] = left.splice(gains.indexOf(Math.max(...gains)), 1);
    for (const at of next!.members) isCovered[at] = 1;
    ranked.push(next!.verdict);
  }
  const hints = verdicts.filter(({ state }) => state === 'hint').toSorted((a, b) => a.pValue - b.pValue);
  return [...ranked, ...hints.slice(0, MAX_HINTS)];
}
