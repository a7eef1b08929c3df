/** One row of a dataset version in the words of the walk. */
export interface PopulationSample {
  /** `training`, `validation`, `test` or `unlabeled`. */
  readonly split: string;
  readonly sampleId: string;
}

/** A matrix, row-major. */
export interface Matrix<T extends Float32Array | Int32Array = Float32Array> {
  readonly data: T;
  readonly columns: number;
}

/** Everything that an exploration shows and stands on, one entry a row of the dataset version. */
export interface Population {
  readonly explorationId: string;
  readonly epoch: number;
  readonly samples: readonly PopulationSample[];
  readonly classNames: readonly string[];
  /** Class of the ground truth; -1 without one. */
  readonly label: Int32Array;
  /** Predicted class; -1 for a model that gives no class. */
  readonly predicted: Int32Array;
  /** Loss; NaN for a sample without a loss. */
  readonly loss: Float32Array;
  /** Output of the model: probabilities by class, or the numbers of a regression. */
  readonly probabilities: Matrix;
  /** Columns of tasks other than classification: prediction, target, residual, pixel_accuracy, iou. */
  readonly outcomes?: Readonly<Record<string, Float32Array>>;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly cluster: Int32Array;
  /** Share of the neighbors of a point that the map keeps. */
  readonly trust: Float32Array;
  readonly vectors: Matrix;
  /** Rows of the nearest samples by perception vector, nearest first, and how far they are. */
  readonly neighbors: Matrix<Int32Array>;
  readonly distances: Matrix;
}
