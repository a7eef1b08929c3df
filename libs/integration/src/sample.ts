/** The splits of a population, in the order of their rows. */
export const SPLIT_NAMES = ['training', 'validation', 'test', 'unlabeled'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** One split, as `preprocess` returns it. */
export interface SplitSource<D> {
  /** Number of samples. */
  readonly length: number;
  /** Any value that the handlers of this split need to find sample `index`: arrays, paths, an open file. */
  readonly data: D;
  /** Ids of the samples, unique within the split. Default: the index. */
  readonly ids?: readonly string[];
}

export type Splits<D> = Readonly<Partial<Record<SplitName, SplitSource<D>>>>;

/** The sample that a handler encodes. */
export interface SampleContext<D> {
  readonly split: SplitName;
  /** Index in its split, starting at 0. */
  readonly index: number;
  readonly id: string;
  /** The `data` of its split. */
  readonly data: D;
}
