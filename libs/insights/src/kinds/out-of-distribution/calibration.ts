import { benjaminiHochberg } from '@noema/evaluation';
import { combineCauchy } from '../../statistics/cauchy-combination.js';
import { conformalPValues } from '../../statistics/conformal.js';
import { boundFalse, listCuts } from '../../statistics/false-bound.js';
import { fitTail } from '../../statistics/tail-p-values.js';
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
 * has not learned from. Each view gives a p-value, continued beyond the calibration samples so that outliers keep their
 * order; their weighted Cauchy combination is a score, and its conformal p-value is valid: a calibration sample counts
 * itself in its own p-values, so that it looks no less unusual than an equal tested sample.
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
  const models = views.map((view) => fitTail(pick(view, calibration)));
  const measure = (rows: Int32Array, side: 'ofOwn' | 'ofNew') =>
    views.map((view, at) => pick(view, rows).map((score) => models[at]?.[side](score) ?? 1));
  const [own, byView] = [measure(calibration, 'ofOwn'), measure(tested, 'ofNew')];
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
 * of 1 − risk: cuts after some number of the n calibration samples are tried, with bounds that hold together.
 */
export function countSure(
  rising: readonly number[],
  n: number,
  tested: number,
  q: number,
  risk: number,
): { readonly sure: number; readonly falseAtMost: number } {
  let best = { sure: 0, falseAtMost: 0 };
  if (rising.length === 0) return best;
  const cuts = listCuts(Math.min(n - 1, Math.floor(q * (n + 1))));
  const bounds = boundFalse(n, tested, cuts, risk);
  for (const [at, k] of cuts.entries()) {
    const count = rising.filter((p) => p < (k + 1.5) / (n + 1)).length;
    if (count > best.sure && bounds[at]! <= q * count) best = { sure: count, falseAtMost: bounds[at]! };
  }
  return best;
}
