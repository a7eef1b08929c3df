import type { DistanceGrowth } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import { digits } from '../../parts/numbers.js';

/** Differences below this share are no differences. */
const MARGIN = 0.01;

/**
 * Whether emptying what a map calls shared takes the two samples apart, in one sentence with both numbers;
 * undefined for a map that was not checked.
 */
export function growthSentence(growth: DistanceGrowth | undefined): string | undefined {
  if (growth === undefined) return undefined;
  const { deletion, randomDeletion } = growth;
  const grows = deletion - randomDeletion > MARGIN * Math.max(deletion, randomDeletion);
  return (
    `Checked by deletion: emptying it takes the two apart ${grows ? 'faster than' : 'no faster than'} ` +
    `random places do, a mean distance of ${digits(deletion, 3)} against ${digits(randomDeletion, 3)}.`
  );
}
