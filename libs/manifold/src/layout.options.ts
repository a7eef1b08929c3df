/** Options of every iterative layout. */
export interface LayoutOptions {
  readonly dims?: 2 | 3;
  readonly seed?: number;
  /** Number of worker threads. The map has the same bits for any number. */
  readonly threads?: number;
  /**
   * Starting coordinates [n, dims], such as the map of the previous epoch. Default: the principal components.
   */
  readonly init?: Float32Array;
  /** Number of steps between intermediate maps. Default: none. */
  readonly snapshotEvery?: number;
  readonly onStep?: (step: number, steps: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal;
}
