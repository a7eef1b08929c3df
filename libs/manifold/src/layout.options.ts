/** What every layout that goes in steps can be told. */
export interface LayoutOptions {
  readonly dims?: 2 | 3;
  readonly seed?: number;
  /** Worker threads; the map has the same bits for any number. */
  readonly threads?: number;
  /** Start here [n, dims] instead of at the principal components: the map of the epoch before. */
  readonly init?: Float32Array;
  /** Coordinates are shown every so many steps; never when left out. */
  readonly snapshotEvery?: number;
  readonly onStep?: (step: number, steps: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal;
}
