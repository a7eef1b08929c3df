import { pickGroups } from '../population/groups.js';
import type { Population } from '../population/population.js';
import type { Clusters } from '../statistics/clusters.js';

/** Samples of a half: how sure the model was, and whether it was right. */
export interface Answers {
  readonly rows: Int32Array;
  readonly confidence: Float64Array;
  readonly isRight: Uint8Array;
  /** Confidence − right. */
  readonly gaps: Float64Array;
  /** Group of each sample; undefined where each stands alone. */
  readonly groups: Clusters;
}

/** Returns the answers of a half that have a label, a prediction and a confidence. */
export function readAnswers(population: Population, halves: Uint8Array, half: number): Answers {
  const { n, labels, predicted, probabilities } = population;
  const width = probabilities!.length / Math.max(1, n);
  const rows: number[] = [];
  const confidence: number[] = [];
  for (let row = 0; row < n; row++) {
    if (halves[row] !== half || labels![row]! < 0 || predicted![row]! < 0) continue;
    const sure = probabilities![row * width + predicted![row]!];
    if (sure === undefined || !(sure >= 0 && sure <= 1)) continue;
    rows.push(row);
    confidence.push(sure);
  }
  const isRight = Uint8Array.from(rows, (row) => Number(labels![row] === predicted![row]));
  return {
    rows: Int32Array.from(rows),
    confidence: Float64Array.from(confidence),
    isRight,
    gaps: Float64Array.from(confidence, (sure, at) => sure - isRight[at]!),
    groups: pickGroups(population, Int32Array.from(rows)),
  };
}
