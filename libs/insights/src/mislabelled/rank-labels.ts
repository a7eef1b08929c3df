import type { LabelEvidence } from './evidence.js';

/** The labels of a population, ordered by the evidence against them. */
export interface LabelRanking {
  /** Probability of the best other class less that of the label, [n] float32; NaN for labels that are not judged. */
  readonly scores: Float32Array;
  /** The best class other than the label, −1 for labels that are not judged, [n] int32. */
  readonly suggested: Int32Array;
  /** 1 where no single class is likely, [n] uint8. */
  readonly ambiguous: Uint8Array;
}

/** A suggestion is ambiguous below this probability, or within this distance of the second class in nats. */
const [MIN_PROBABILITY, MIN_LEAD] = [0.5, 0.5];

/**
 * Ranks labels by the normalised margin, p(best other class) − p(label). Among eight scores on 24 settings of planted
 * wrong labels it was the best: log margins put samples first that resemble no class.
 */
export function rankLabels({ judged, probabilities }: LabelEvidence): LabelRanking {
  const { classes, classCount, labels } = judged;
  const n = classes.length;
  const scores = new Float32Array(n).fill(NaN);
  const suggested = new Int32Array(n).fill(-1);
  const ambiguous = new Uint8Array(n);
  for (const row of judged.rows) {
    const own = probabilities.subarray(row * classCount, (row + 1) * classCount);
    const label = classes[row]!;
    let best = label === 0 ? 1 : 0;
    for (let c = 0; c < classCount; c++) if (c !== label && own[c]! > own[best]!) best = c;
    scores[row] = own[best]! - own[label]!;
    suggested[row] = labels[best]!;
    if (isAmbiguous(own, best)) ambiguous[row] = 1;
  }
  return { scores, suggested, ambiguous };
}

function isAmbiguous(own: Float32Array, best: number): boolean {
  let second = 0;
  for (let c = 0; c < own.length; c++) if (c !== best) second = Math.max(second, own[c]!);
  return own[best]! < MIN_PROBABILITY || own[best]! < second * Math.exp(MIN_LEAD);
}
