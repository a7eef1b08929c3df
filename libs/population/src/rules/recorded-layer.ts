/** A layer whose responses a client recorded. */
export interface RecordedLayer {
  readonly name: string;
  /** Class name in the client's framework. */
  readonly kind: string;
  readonly units: number;
  /** Sizes of the positions over which mean and maximum were taken; empty for a dense layer. */
  readonly positionDims: readonly number[];
}
