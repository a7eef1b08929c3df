/** Starts of a screening for the best candidates: near-symmetric pictures fit several turns about as well. */
export const STARTS = 3;

/**
 * How two samples of one kind of input are compared. All methods are pure. `Described` is a prepared sample, or its
 * sketch if candidates are screened.
 */
export interface Comparer<Prepared = unknown, Described = Prepared> {
  /** Names of the views; view 0 is the sample itself. */
  readonly views: readonly string[];
  /** Length of a descriptor. */
  readonly width: number;
  /** Number of random trees that find near descriptors: more where the descriptors of two copies differ much. */
  readonly trees: number;
  /** The kind of each view: similarities of views of one kind rise alike during an alignment. */
  readonly viewKinds: readonly number[];
  /** Name of the similarity for people, such as `correlation after alignment`. */
  readonly similarity: string;
  /** The changes of the planted copies, for people. */
  readonly copies: string;
  /** Returns what `describe` and `compare` need of an input. */
  prepare(input: Float32Array): Prepared;
  /** Writes the descriptor of a view; the descriptors of a copy and of the fitting view are close. */
  describe(sample: Described, view: number, into: Float32Array, form: Float32Array): void;
  /** A cheaper estimate, where `compare` is costly: only the best candidates go on, from what it found. */
  readonly screening?: ScreeningMethod<Prepared>;
  /** Number of steps of a comparison, the length of its trace. */
  readonly steps?: number;
  /** Similarity, at most 1, of `copy` and a view of `sample`. */
  compare(sample: Prepared, copy: Prepared, search?: Search): number;
  /** Returns a copy of an input as people make them. */
  plant(input: Float32Array, random: () => number): Float32Array;
}

/** An iterative comparison: it stops once the similarity of a step is below `least`. */
export interface Search {
  /** Where a screening ended: six values of an affine map. */
  readonly start: Float64Array | undefined;
  /** The similarity that each step must reach, [steps]. */
  readonly least: Float64Array;
  /** Receives the similarity after each step, [steps]. */
  readonly trace: Float64Array;
}

export interface ScreeningMethod<Prepared> {
  /** Length of a sketch: a small form that stays in memory and takes the place of the sample in `describe`. */
  readonly sketchWidth: number;
  sketch(sample: Prepared, into: Float32Array): void;
  /** Length of a form: what `describe` writes next to the descriptor, and what says more than that. */
  readonly formWidth: number;
  /** Square of the distance of the form of a view to one of many forms. */
  readonly measure: (view: Float32Array, forms: Float32Array, at: number) => number;
  /** Number of steps of an estimate, the length of its trace. */
  readonly steps: number;
  /**
   * Estimates the similarity of a copy and a sample from the start of a rank, 0 for the most promising one. Stops
   * once the estimate of a step is below `least` of the view, [views, steps].
   */
  estimate(sample: Float32Array, copy: Float32Array, near: NearForms, least: Float64Array): Screening;
}

/** The forms of all views of a sample, the form of a copy, and the rank of the start. */
export interface NearForms {
  readonly views: readonly Float32Array[];
  readonly own: Float32Array;
  readonly rank: number;
}

export interface Screening {
  /** Where it started. */
  readonly view: number;
  /** Rises with the similarity; at most 1. */
  readonly estimate: number;
  /** The estimate after each step, [steps]. */
  readonly trace: Float64Array;
  /** Where `compare` starts, six values; undefined where the pair is not worth it. */
  readonly start: readonly number[] | undefined;
}
