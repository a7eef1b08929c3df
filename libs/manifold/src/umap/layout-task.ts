import type { SharedMemory } from '@noema/simd';

/**
 * Where some points are held, [n, dims] with NaN for those that are not, and how strongly: the share of the
 * way back that a step at full rate takes.
 */
export interface Hold {
  readonly places: Float32Array;
  readonly weight: number;
}

/**
 * The edges of a layout as the kernels take them: row i is starts[i] … starts[i + 1], in multiples of 8,
 * filled up with edges of rate 0.
 */
export interface LayoutEdges {
  readonly starts: Int32Array;
  /** Byte offsets of the other ends in the coordinates. */
  readonly ends: Int32Array;
  /** Visits in 2¹⁵ epochs, and what has gathered of the next one; uint16. */
  readonly rates: Uint8Array;
  readonly phases: Uint8Array;
}

/** What every layout thread gets; arrays lie in the kernels' memory. */
export interface LayoutTask {
  readonly memory: SharedMemory;
  readonly n: number;
  readonly dims: 2 | 3;
  readonly epochs: number;
  readonly seed: number;
  readonly negatives: number;
  readonly learningRate: number;
  /** Coordinates [n, dims] float32 of the even and of the odd epochs. */
  readonly even: Float32Array;
  readonly odd: Float32Array;
  readonly edges: LayoutEdges;
  readonly attraction: Float32Array;
  readonly repulsion: Float32Array;
  readonly packing: Int32Array;
  /** Room of each thread for what is due in a block of points. */
  readonly scratches: readonly Int32Array[];
  readonly hold?: Hold | undefined;
}
