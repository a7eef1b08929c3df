/** How two samples of one kind of input are compared. All methods are pure. */
export interface Comparer<Prepared = unknown, Sketch = Prepared> {
  /** Names of the views; view 0 is the sample itself. */
  readonly views: readonly string[];
  /** Length of a descriptor. */
  readonly width: number;
  /** Number of random trees that find near descriptors: more where the descriptors of two copies differ much. */
  readonly trees: number;
  /** Name of the similarity for people, such as `correlation after alignment`. */
  readonly similarity: string;
  /** The changes of the planted copies, for people. */
  readonly copies: string;
  /** Returns what `describe` and `compare` need of an input. */
  prepare(input: Float32Array): Prepared;
  /** A small form that stays in memory and takes the place of the sample in `describe` and `screen`. */
  sketch?(sample: Prepared): Sketch;
  /** Writes the descriptor of a view; the descriptors of a copy and of the fitting view are close. */
  describe(sample: Sketch, view: number, into: Float32Array): void;
  /**
   * A cheaper estimate, where `compare` is costly: only the best candidates go on, from what it found. It gives up
   * where its course falls below `least`.
   */
  screen?(sample: Sketch, copy: Sketch, view: number, least: Float64Array): Screening;
  /** Similarity, at most 1, of `copy` and a view of `sample`. */
  compare(sample: Prepared, copy: Prepared, screening?: Screening): number;
  /** Returns a copy of an input as people make them. */
  plant(input: Float32Array, random: () => number): Float32Array;
}

export interface Screening {
  /** Rises with the similarity. */
  readonly estimate: number;
  /** How the estimate rose. */
  readonly course: Float64Array;
  /** Where `compare` starts. */
  readonly start: unknown;
}
