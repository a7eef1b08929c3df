/** One way to see how unusual samples are. */
export interface View {
  /** Its name for people. */
  readonly title: string;
  /** Position of its layers, from 0 (input) to 1 (output); undefined where it is not of some layers. */
  readonly depth: number | undefined;
  /** Weight among the views; the depth groups share 1. */
  readonly weight: number;
  /** Larger is more unusual, [rows] float64. */
  readonly scores: Float64Array;
}
