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
  /** Writes the descriptor of a view; the descriptors of a copy and of the fitting view are close. */
  describe(sample: Sketch, view: number, into: Float32Array, form: Float32Array): void;
  /** A cheaper estimate, where `compare` is costly: only the best candidates go on, from what it found. */
  readonly screening?: ScreeningMethod<Prepared, Sketch>;
  /** Length of the course of a comparison. */
  readonly steps?: number;
  /** Similarity, at most 1, of `copy` and a view of `sample`. */
  compare(sample: Prepared, copy: Prepared, search?: Search): number;
  /** Returns a copy of an input as people make them. */
  plant(input: Float32Array, random: () => number): Float32Array;
}

/** The search of a comparison: it gives up where its course, which it writes, falls below `least`. */
export interface Search {
  /** From the screening. */
  readonly start: unknown;
  readonly least: Float64Array;
  readonly course: Float64Array;
}

export interface ScreeningMethod<Prepared, Sketch> {
  /** A small form that stays in memory and takes the place of the sample in `describe` and `prepare`. */
  sketch(sample: Prepared): Sketch;
  /** Length of a form: what `describe` writes next to the descriptor, and what says more than that. */
  readonly formWidth: number;
  /** Square of the distance of the form of a view to one of many forms. */
  measure(view: Float32Array, forms: Float32Array, at: number): number;
  /** Returns the search for a sample among its candidates: it has one part that all of them share. */
  prepare(sample: Sketch): Screen<Sketch>;
}

/** The candidates of one sample. */
export interface Screen<Sketch> {
  /** Estimates the similarity to a candidate. Gives up where the course falls below `least`. */
  estimate(candidate: Sketch, near: NearView, least: Float64Array): Screening;
}

/** The view of a sample to which a candidate is near, with its form, and the form of the candidate. */
export interface NearView {
  readonly view: number;
  readonly form: Float32Array;
  readonly own: Float32Array;
}

export interface Screening {
  /** Rises with the similarity. */
  readonly estimate: number;
  /** How the estimate rose. */
  readonly course: Float64Array;
  /** Where `compare` of the candidate and the sample starts; undefined where it is not worth one. */
  readonly start: unknown;
}
