import type { RankedCounts } from '../src/index.js';

type Counts = Int32Array | Float64Array;

/** Ranked counts of negatives and positives with a whole score, [scores] each. */
export function countRanked([negatives, positives]: readonly [Counts, Counts]): RankedCounts {
  const found = { thresholds: [] as number[], truePositives: [] as number[], falsePositives: [] as number[] };
  let [hits, misses] = [0, 0];
  for (let score = positives.length - 1; score >= 0; score--) {
    if (positives[score] === 0 && negatives[score] === 0) continue;
    hits += positives[score]!;
    misses += negatives[score]!;
    found.thresholds.push(score);
    found.truePositives.push(hits);
    found.falsePositives.push(misses);
  }
  return {
    thresholds: Float64Array.from(found.thresholds),
    truePositives: Float64Array.from(found.truePositives),
    falsePositives: Float64Array.from(found.falsePositives),
    positives: hits,
    negatives: misses,
  };
}
