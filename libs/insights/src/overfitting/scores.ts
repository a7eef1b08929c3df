import { judgeRows } from '../confirm/outcomes.js';
import { selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import { type Gap, measureLevel } from './gap.js';

/** Smallest excess that is worth attention: points of error, or a share of the mean held-out loss. */
const MIN_EXCESS = 0.05;

/** The number by which a model is bad on a sample: 1 if it is misclassified, or the loss without classes. */
export interface Scores {
  readonly values: Float64Array;
  readonly isRate: boolean;
  readonly minExcess: number;
  readonly name: string;
}

export function createScores(population: Population): Scores {
  const { n, labels, predicted, losses } = population;
  if (labels && predicted) {
    const values = Float64Array.from(labels, (label, row) => Number(label !== predicted[row]));
    return { values, isRate: true, minExcess: MIN_EXCESS, name: 'error rate' };
  }
  const rows = Int32Array.from({ length: n }, (_, row) => row).filter((row) => Number.isFinite(losses![row]));
  const { losses: clipped } = judgeRows(population, rows);
  const values = new Float64Array(n).fill(NaN);
  rows.forEach((row, at) => (values[row] = clipped[at]!));
  const { rows: heldOut } = selectHeldOut(population);
  const own = measureLevel(
    Float64Array.from(
      rows.filter((row) => heldOut[row] === 1),
      (row) => values[row]!,
    ),
    false,
  );
  return { values, isRate: false, minExcess: MIN_EXCESS * own.mean, name: 'mean loss' };
}

/** Returns the gaps of the members of a mask and of the others. */
export function compare(
  mask: Uint8Array,
  { values, isRate }: Scores,
  training: Int32Array,
  heldOut: Int32Array,
): { readonly inside: Gap; readonly outside: Gap } {
  const level = (rows: Int32Array, side: number) =>
    measureLevel(
      Float64Array.from(
        rows.filter((row) => mask[row] === side),
        (row) => values[row]!,
      ),
      isRate,
    );
  return {
    inside: { training: level(training, 1), heldOut: level(heldOut, 1) },
    outside: { training: level(training, 0), heldOut: level(heldOut, 0) },
  };
}

/** Returns the gap of all samples. */
export function compareAll({ values, isRate }: Scores, training: Int32Array, heldOut: Int32Array): Gap {
  const level = (rows: Int32Array) =>
    measureLevel(
      Float64Array.from(rows, (row) => values[row]!),
      isRate,
    );
  return { training: level(training), heldOut: level(heldOut) };
}
