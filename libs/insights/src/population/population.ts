import type { SplitName, Task } from '@noema/kernel';
import type { NeighborGraph } from '@noema/manifold';

/** A space in which samples have places, such as the perception vectors or the responses of the early layers. */
export interface Space {
  /** `vectors` for the perception vectors of all layers; `depth-1` (early) to `depth-n` (late) for groups of layers. */
  readonly key: string;
  /** Its name for people. */
  readonly title: string;
  /** Position of its layers, from 0 (input) to 1 (output); undefined for all layers. */
  readonly depth: number | undefined;
  readonly width: number;
  /** [n, width] float32, row-major. */
  readonly values: Float32Array;
}

/** A layer with learned units. */
export interface ResponseLayer {
  readonly name: string;
  readonly units: number;
  /** Number of positions that a response averages, 1 for a layer without positions; absent where it is unknown. */
  readonly positions?: number | undefined;
}

/** Responses of all learned units after the last epoch. */
export interface UnitResponses {
  /** Layers from the input to the output. */
  readonly layers: readonly ResponseLayer[];
  /** [units, n] float32, one unit after the other: mean response over positions. */
  readonly values: Float32Array;
}

/** The answers of the model after one epoch. NaN stands for a missing value, −1 for a missing class. */
export interface EpochRecord {
  readonly epoch: number;
  /** [n] float32 */
  readonly losses: Float32Array;
  /** [n] int32; absent where the model predicts no classes. */
  readonly predicted?: Int32Array | undefined;
  /** Log-probability of the label less the largest of the other classes, [n] float32. */
  readonly margins?: Float32Array | undefined;
}

/** A column of metadata. */
export type MetadataColumn =
  /** Codes of `categories`, [n] int32, −1 where the value is missing. Text and booleans. */
  | {
      readonly name: string;
      readonly type: 'category';
      readonly categories: readonly string[];
      readonly codes: Int32Array;
    }
  /** [n] float64, NaN where the value is missing. */
  | { readonly name: string; readonly type: 'number'; readonly values: Float64Array };

/** Kind of the input of a sample; it decides how two samples are compared. */
export type InputKind = 'image' | 'series' | 'text' | 'table';

/** Inputs of samples, for kinds that compare or transform them. */
export interface Inputs {
  readonly kind: InputKind;
  /** Shape of one sample, such as [height, width, channels]. */
  readonly shape: readonly number[];
  /** Returns the inputs of some rows, [rows, size] float32, row-major, in the order of the rows. */
  read(rows: Int32Array): Promise<Float32Array>;
}

/**
 * A trained model and all samples that it was asked about. All arrays have one entry a sample, in the order of the
 * rows. A column that is unknown is absent, and kinds that need it name it.
 */
export interface Population {
  readonly n: number;
  readonly task: Task | undefined;
  readonly classNames: readonly string[];
  /** Whether labels, predictions and losses belong to another output of the model than its first one. */
  readonly isOfFurtherOutput?: boolean;
  /** Split of each sample, a position in `splits`, [n] uint8. */
  readonly splitCodes: Uint8Array;
  readonly splits: readonly SplitName[];
  /** Class of the ground truth, [n] int32, −1 without one. */
  readonly labels?: Int32Array | undefined;
  /** Class that the model predicts after the last epoch, [n] int32, −1 without one. */
  readonly predicted?: Int32Array | undefined;
  /** Probabilities of the classes after the last epoch, [n, classes] float32, row-major. */
  readonly probabilities?: Float32Array | undefined;
  /** Losses after the last epoch, [n] float32, NaN where a sample has no loss. */
  readonly losses?: Float32Array | undefined;
  /** Rising epochs; the last one is the epoch of the other columns. Empty without evaluations. */
  readonly history: readonly EpochRecord[];
  /** The perception vectors first, then depth groups from early to late. */
  readonly spaces: readonly Space[];
  /** Neighbours in the perception vectors. */
  readonly neighbors?: NeighborGraph | undefined;
  readonly units?: UnitResponses | undefined;
  readonly metadata: readonly MetadataColumn[];
  /** The name of the metadata column whose equal values belong together, such as `patient`. */
  readonly groupColumn?: string | undefined;
  /**
   * The first sample of the group of each sample, [n] int32; absent where each sample is its own group. Samples of one
   * group are no independent evidence. A run sets it from the group column and the copies.
   */
  readonly groups?: Int32Array | undefined;
  readonly inputs?: Inputs | undefined;
}
