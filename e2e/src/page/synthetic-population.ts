import { seededRandom } from '@noema/kernel';

/**
 * A made-up population: one cloud of points a class, the losses of a trained network. Row r belongs to class
 * r mod classes.
 */
export interface SyntheticPopulation {
  readonly count: number;
  readonly classNames: readonly string[];
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly loss: Float32Array;
  readonly trueClass: Int32Array;
  readonly predictedClass: Int32Array;
  readonly cluster: Int32Array;
  readonly trust: Float32Array;
  readonly toSampleId: (row: number) => string;
}

export interface SyntheticOptions {
  readonly count: number;
  readonly classNames?: readonly string[];
  /** Every nth loss is NaN; 0 for none. */
  readonly nanEvery?: number;
  /** Whether no sample has ground truth, and therefore none a loss. Default: every sample has. */
  readonly isUnlabeled?: boolean;
  /** Ids of samples, each of another row; `s<row>` unless said. */
  readonly toSampleId?: (row: number) => string;
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Makes the same population for the same options. */
export function syntheticPopulation({
  count,
  classNames = DIGITS,
  nanEvery = 0,
  isUnlabeled = false,
  toSampleId = (row) => `s${row}`,
}: SyntheticOptions): SyntheticPopulation {
  const random = seededRandom(7, count, classNames.length);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [x, y, loss, trust] = [
    new Float32Array(count),
    new Float32Array(count),
    new Float32Array(count),
    new Float32Array(count),
  ];
  const [trueClass, predictedClass, cluster] = [
    new Int32Array(count),
    new Int32Array(count),
    new Int32Array(count),
  ];
  const classes = classNames.length;
  for (let row = 0; row < count; row++) {
    const label = classes === 0 ? -1 : row % classes;
    const angle = (2 * Math.PI * label) / Math.max(1, classes);
    const misclassified = random() < 0.03;
    x[row] = 8 * Math.cos(angle) + gauss();
    y[row] = 8 * Math.sin(angle) + gauss();
    loss[row] =
      isUnlabeled || (nanEvery > 0 && row % nanEvery === 0)
        ? NaN
        : misclassified
          ? 1 + 3 * random()
          : Math.exp(-9 + 5 * random());
    trueClass[row] = isUnlabeled ? -1 : label;
    predictedClass[row] = misclassified && classes > 1 ? (label + 1) % classes : label;
    cluster[row] = label;
    trust[row] = 0.5 + random() / 2;
  }
  return { count, classNames, x, y, loss, trueClass, predictedClass, cluster, trust, toSampleId };
}
