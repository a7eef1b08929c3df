/** The parts of a population, in the order of their rows. */
export const SPLIT_NAMES = ['training', 'validation', 'test', 'unlabeled'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** What `preprocess` says about one split. */
export interface SplitSource<D> {
  /** Number of samples. */
  readonly length: number;
  /** Whatever the handlers of this split need to find sample `index`: arrays, paths, an open file. */
  readonly data: D;
  /** Names of the samples, unique within the split; left out, a sample is named by its index. */
  readonly ids?: readonly string[];
}

export type Splits<D> = Readonly<Partial<Record<SplitName, SplitSource<D>>>>;

/** The one sample that a handler is asked for. */
export interface SampleContext<D> {
  readonly split: SplitName;
  /** Place in its split, from 0. */
  readonly index: number;
  readonly id: string;
  /** The `data` of its split. */
  readonly data: D;
}
