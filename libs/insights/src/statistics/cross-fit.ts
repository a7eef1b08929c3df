import { permutation, seededRandom } from '@noema/kernel/random';
import { fitLogistic, type LabelledRows, type LogisticOptions } from './logistic-regression.js';

export interface FoldOptions {
  /** Default: 5. */
  readonly folds?: number;
  readonly seed?: number;
  /** Rows of one group, by number, stay in one fold, [n]. Default: each row is its own group. */
  readonly groups?: Int32Array | undefined;
}

/** Predictions of each row by models that have not learned from it or its group. */
export interface CrossFit {
  /** Log-probabilities, [n, classes] float32, row-major; NaN for rows that were not given. */
  readonly logs: Float32Array;
  /** Fold of each of the rows that were given, in their order. */
  readonly folds: Uint8Array;
}

/**
 * Returns the fold of each of some rows: without groups each class is spread evenly, with groups each group joins the
 * smallest fold, in an order drawn by the seed.
 */
export function balanceFolds(
  rows: ArrayLike<number>,
  labels: Int32Array,
  { folds = 5, seed = 0, groups }: FoldOptions = {},
): Uint8Array {
  const random = seededRandom(seed);
  const assigned = new Uint8Array(rows.length);
  const members = new Map<number, number[]>();
  for (let at = 0; at < rows.length; at++) {
    const key = (groups ?? labels)[rows[at]!]!;
    const own = members.get(key);
    if (own === undefined) members.set(key, [at]);
    else own.push(at);
  }
  const keys = [...members.keys()].sort((a, b) => a - b);
  if (groups === undefined) {
    let next = 0;
    for (const key of keys) {
      const own = members.get(key)!;
      for (const at of permutation(own.length, random)) assigned[own[at]!] = next++ % folds;
    }
    return assigned;
  }
  const sizes = new Float64Array(folds);
  for (const at of permutation(keys.length, random)) {
    const own = members.get(keys[at]!)!;
    const smallest = sizes.indexOf(Math.min(...sizes));
    for (const row of own) assigned[row] = smallest;
    sizes[smallest]! += own.length;
  }
  return assigned;
}

/** Predicts each of some rows by a logistic regression on the other folds. */
export function crossFitLogistic(
  data: LabelledRows,
  rows: ArrayLike<number>,
  options: FoldOptions & LogisticOptions = {},
): CrossFit {
  const { classes, values } = data;
  const folds = balanceFolds(rows, data.labels, options);
  const logs = new Float32Array(data.labels.length * classes).fill(NaN);
  const own = new Float64Array(Math.max(2, classes));
  const all = Array.from(rows);
  for (let fold = 0; fold < (options.folds ?? 5); fold++) {
    const held = all.filter((_, at) => folds[at] === fold);
    if (held.length === 0) continue;
    const model = fitLogistic(
      data,
      all.filter((_, at) => folds[at] !== fold),
      options,
    );
    for (const row of held) {
      model.predict(values, row, own);
      for (let c = 0; c < classes; c++) logs[row * classes + c] = own[c]!;
    }
  }
  return { logs, folds };
}
