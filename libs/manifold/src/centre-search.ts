import { KernelMemory, type Kernels, kernelsOn } from '@noema/simd';
import { BLOCK } from './neighbors/block-order.js';
import { boundError, UNIT_ROUNDOFF } from './neighbors/blocked-points.js';
import type { Points } from './points.js';

/**
 * Finds the nearest centre of every point: a float32 kernel over blocks of points, and float64 where float32
 * cannot distinguish the two nearest.
 */
export class CentreSearch {
  private readonly kernels: Kernels;
  private readonly blocks: number;
  private readonly laid: Float32Array;
  private readonly centres: Float32Array;
  private readonly numbers: Int32Array;
  private readonly squares: Float32Array;
  private readonly seconds: Float32Array;

  /** Reserves memory for up to k centres. */
  constructor(
    private readonly cloud: Points,
    k: number,
  ) {
    const { data, n, d } = cloud;
    const memory = new KernelMemory();
    const blocks = Math.ceil(n / BLOCK);
    const places = blocks * BLOCK;
    [this.blocks, this.laid, this.centres] = [blocks, memory.floats(places * d), memory.floats(k * d)];
    [this.numbers, this.squares, this.seconds] = [
      memory.ints(places),
      memory.floats(places),
      memory.floats(places),
    ];
    for (let i = 0, at = 0; i < n; i++)
      for (let c = 0, to = Math.floor(i / BLOCK) * BLOCK * d + (i % BLOCK); c < d; c++, to += BLOCK)
        this.laid[to] = data[at++]!;
    this.kernels = kernelsOn(memory.shared);
  }

  /**
   * Returns the index of the nearest of the centres [k, d] float64 for every point [n]; the first of equally
   * near ones.
   */
  assign(centres: Float64Array): Int32Array {
    const {
      cloud: { n, d },
      blocks,
      laid,
      numbers,
      squares,
      seconds,
    } = this;
    const k = centres.length / d;
    this.centres.set(centres);
    this.kernels.nearestCentres(
      laid.byteOffset,
      blocks,
      d,
      this.centres.byteOffset,
      k,
      numbers.byteOffset,
      squares.byteOffset,
      seconds.byteOffset,
    );
    let longest = 0;
    for (let cluster = 0; cluster < k; cluster++)
      longest = Math.max(longest, Math.hypot(...centres.subarray(cluster * d, (cluster + 1) * d)));
    // Bound on the rounding error of a distance to centres in float32, including the sums
    // (libs/manifold/src/neighbors/blocked-points.ts).
    const shift = 4 * UNIT_ROUNDOFF * longest;
    const error = 2 * boundError(d);
    const assignment = Int32Array.from(numbers.subarray(0, n));
    for (let i = 0; i < n; i++) {
      const second = seconds[i]!;
      if (!(second - squares[i]! > error * second + shift * (2 * Math.sqrt(second) + shift)) && k > 1)
        assignment[i] = this.compare(i, centres);
    }
    return assignment;
  }

  private compare(i: number, centres: Float64Array): number {
    const { data, d } = this.cloud;
    let best = Infinity;
    let nearest = 0;
    for (let cluster = 0; cluster * d < centres.length; cluster++) {
      let sum = 0;
      for (let c = 0; c < d && sum < best; c++) sum += (data[i * d + c]! - centres[cluster * d + c]!) ** 2;
      if (sum >= best) continue;
      best = sum;
      nearest = cluster;
    }
    return nearest;
  }
}
