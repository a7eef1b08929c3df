import { measureNoise } from './confusions.js';
import type { LabelEvidence } from './evidence.js';

/** The labels of a population, ordered by the evidence against them. */
export interface LabelRanking {
  /** Probability of the best other class less that of the label, [n] float32; NaN for labels that are not judged. */
  readonly margins: Float32Array;
  /** The order: margins, weighed by the kind of the errors. Of the sign of the margin, −1 to 1; [n] float32. */
  readonly scores: Float32Array;
  /** The best class other than the label, −1 for labels that are not judged, [n] int32. */
  readonly suggested: Int32Array;
  /** 1 where no single class is likely, [n] uint8. */
  readonly ambiguous: Uint8Array;
}

/** A suggestion is ambiguous below this probability, or within this distance of the second class in nats. */
const [MIN_PROBABILITY, MIN_LEAD] = [0.5, 0.5];
/** Share of a score that depends on how frequent its confusion is. */
const FREQUENCY_SHARE = 0.5;
/** Power of p(other) + p(label) that divides margins if labels are wrong at random. */
const RANDOM_POWER = 0.9;

/**
 * Ranks labels by the normalised margin, p(best other class) − p(label), in the light of the clear contradictions. If
 * labels that the evidence rules out are spread over all classes, errors are random, and a label that resembles nothing
 * is more suspicious than one of two classes that resemble each other: the margin is divided by (p(other) +
 * p(label))^0.9. Otherwise a confusion counts more if it is frequent among clear contradictions.
 */
export function rankLabels(evidence: LabelEvidence): LabelRanking {
  const { judged, other, labelShare, otherShare, thirdShare } = evidence;
  const { classes, labels } = judged;
  const n = classes.length;
  const [margins, scores] = [new Float32Array(n).fill(NaN), new Float32Array(n).fill(NaN)];
  const suggested = new Int32Array(n).fill(-1);
  const ambiguous = new Uint8Array(n);
  const { randomness, frequency } = measureNoise(evidence);
  for (const row of judged.rows) {
    const p = labelShare[row]!;
    const best = otherShare[row]!;
    const third = thirdShare[row]!;
    const margin = best - p;
    margins[row] = margin;
    suggested[row] = labels[other[row]!]!;
    if (best < MIN_PROBABILITY || best < Math.max(p, third) * Math.exp(MIN_LEAD)) ambiguous[row] = 1;
    if (randomness > 0) scores[row] = margin === 0 ? 0 : margin / (best + p) ** (RANDOM_POWER * randomness);
    else if (margin > 0)
      scores[row] = margin * (1 - FREQUENCY_SHARE + FREQUENCY_SHARE * frequency(other[row]!, classes[row]!));
    else scores[row] = margin;
  }
  return { margins, scores, suggested, ambiguous };
}
