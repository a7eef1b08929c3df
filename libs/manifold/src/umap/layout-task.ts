import type { SharedMemory } from '@noema/simd';

/**
 * Soft anchors: positions [n, dims], NaN for points without one, and their strength: the share of the way
 * back that a step at full rate takes.
 */
export interface Hold {
  readonly places: Float32Array;
  readonly weight: number;
}

/**
 * Edges of a layout in the kernels' format: row i is starts[i] … starts[i + 1], padded to a multiple of 8
 * with edges of rate 0.
 */
export interface LayoutEdges {
  readonly starts: Int32Array;
  /** Byte offsets of the other ends in the coordinates. */
  readonly ends: Int32Array;
  /** Number of visits in 2¹⁵ epochs, and the accumulated fraction of the next one; uint16. */
  readonly rates: Uint8Array;
  readonly phases: Uint8Array;
}

/** Task of every layout thread. Arrays are in the kernels' memory. */
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
  /** Scratch memory of each thread for the due edges of a block of points. */
  readonly scratches: readonly Int32Array[];
  readonly hold?: Hold | undefined;
}
