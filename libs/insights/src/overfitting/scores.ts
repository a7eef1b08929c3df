import { judgeRows } from '../confirm/outcomes.js';
import { selectHeldOut } from '../population/held-out.js';
import { pickGroups } from '../population/groups.js';
import type { Population } from '../population/population.js';
import type { Clusters } from '../statistics/clusters.js';
import { type Gap, type Level, measureLevel } from './gap.js';

/** Smallest excess that is worth attention: points of error, or a share of the mean held-out loss. */
const MIN_EXCESS = 0.05;

/** The number by which a model is bad on a sample: 1 if it is misclassified, or the loss without classes. */
export interface Scores {
  readonly values: Float64Array;
  readonly isRate: boolean;
  readonly minExcess: number;
  readonly name: string;
  /** Group of each of some rows; undefined where each stands alone. */
  readonly pickOwn: (rows: Int32Array) => Clusters;
}

export function createScores(population: Population): Scores {
  const { n, labels, predicted, losses } = population;
  const pickOwn = (some: Int32Array): Clusters => pickGroups(population, some);
  if (labels && predicted) {
    const values = Float64Array.from(labels, (label, row) => Number(label !== predicted[row]));
    return { values, isRate: true, minExcess: MIN_EXCESS, name: 'error rate', pickOwn };
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
  return { values, isRate: false, minExcess: MIN_EXCESS * own.mean, name: 'mean loss', pickOwn };
}

/** Returns the gaps of the members of a mask and of the others. */
export function compare(
  mask: Uint8Array,
  scores: Scores,
  training: Int32Array,
  heldOut: Int32Array,
): { readonly inside: Gap; readonly outside: Gap } {
  const level = (rows: Int32Array, side: number): Level =>
    measureRows(
      scores,
      rows.filter((row) => mask[row] === side),
    );
  return {
    inside: { training: level(training, 1), heldOut: level(heldOut, 1) },
    outside: { training: level(training, 0), heldOut: level(heldOut, 0) },
  };
}

/** Returns the gap of all samples. */
export const compareAll = (scores: Scores, training: Int32Array, heldOut: Int32Array): Gap => ({
  training: measureRows(scores, training),
  heldOut: measureRows(scores, heldOut),
});

const measureRows = ({ values, isRate, pickOwn }: Scores, rows: Int32Array): Level =>
  measureLevel(
    Float64Array.from(rows, (row) => values[row]!),
    isRate,
    pickOwn(rows),
  );
