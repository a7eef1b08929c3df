import { benjaminiHochberg, binomialCdf } from '@noema/evaluation';
import { combineCauchy } from '../../statistics/cauchy-combination.js';
import { conformalPValues } from '../../statistics/conformal.js';
import type { View } from './view.js';

/** Samples at positions in the scores of the views, judged against a calibration. */
export interface Judged {
  /** Conformal p-value of all views together, [tested] float64. */
  readonly pValues: Float64Array;
  /** −log10 of the combined p-value of the views: larger is more unusual, [tested] float64. */
  readonly scores: Float64Array;
  /** The p-values of each view. */
  readonly byView: readonly Float64Array[];
  /** Adjusted by Benjamini and Hochberg among the tested samples. */
  readonly qValues: readonly number[];
  /** Positions in the tested samples whose share of false ones is at most q on average, most unusual first. */
  readonly flagged: readonly number[];
  /** Of them, the first ones whose share of false ones is at most q, except with probability `risk`. */
  readonly sure: number;
  /** Upper bound of the false ones among the sure ones. */
  readonly falseAtMost: number;
}

/**
 * Tests samples against calibration samples that come from the same source as the training samples and that the model
 * has not learned from. Each view gives a conformal p-value; their weighted Cauchy combination is a score, and its
 * conformal p-value is valid: a calibration sample counts itself in its own p-values, so that it looks no less unusual
 * than an equal tested sample.
 */
export function judge(
  views: readonly View[],
  calibration: Int32Array,
  tested: Int32Array,
  { q, risk }: { readonly q: number; readonly risk: number },
): Judged {
  const n = calibration.length;
  const pick = ({ scores }: View, rows: Int32Array) => Float64Array.from(rows, (row) => scores[row]!);
  const weights = views.map(({ weight }) => weight);
  const byView = views.map((view) => conformalPValues(pick(view, calibration), pick(view, tested)));
  const own = views.map((view) => {
    const scores = pick(view, calibration);
    return conformalPValues(scores, scores).map((p) => p - 1 / (n + 1));
  });
  const combine = (all: readonly Float64Array[], count: number) =>
    Float64Array.from(
      { length: count },
      (_, at) =>
        -Math.log10(
          combineCauchy(
            all.map((p) => p[at]!),
            weights,
          ),
        ),
    );
  const [usual, scores] = [combine(own, n), combine(byView, tested.length)];
  const pValues = conformalPValues(usual, scores);
  const qValues = benjaminiHochberg([...pValues]);
  const order = [...tested.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  const flagged = order.filter((at) => qValues[at]! <= q);
  const { sure, falseAtMost } = countSure(
    flagged.map((at) => pValues[at]!),
    n,
    tested.length,
    q,
    risk,
  );
  return { pValues, scores, byView, qValues, flagged, sure, falseAtMost };
}

/**
 * Returns how many of the flagged samples, most unusual first, hold at most a share q of false ones with a confidence
 * of 1 − risk. Cuts after 0, 1, 2, 4, … calibration samples are tried, with a part of the risk each. Were all `tested`
 * like the n calibration samples, more than v of them would come before the (k+1)-th calibration sample with a
 * probability below P(Bin(k + v + 1, n / (n + tested)) ≤ k).
 */
export function countSure(
  rising: readonly number[],
  n: number,
  tested: number,
  q: number,
  risk: number,
): { readonly sure: number; readonly falseAtMost: number } {
  let best = { sure: 0, falseAtMost: 0 };
  for (let k = 0, part = risk / 2; k < n; k = Math.max(1, 2 * k), part /= 2) {
    const most = (k + 1.5) / (n + 1);
    const count = rising.filter((p) => p < most).length;
    let bound = 0;
    while (bound <= q * count && binomialCdf(k, k + bound + 1, n / (n + tested)) > part) bound++;
    if (count > best.sure && bound <= q * count) best = { sure: count, falseAtMost: bound };
    if (most > q) break;
  }
  return best;
}
