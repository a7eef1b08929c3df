import { KernelMemory, kernelsOn } from '@noema/simd';
import { type Basis, countDimensions } from './basis.js';

/** Rows that are projected at a time: a multiple of 4, and few enough to stay in the caches. */
const CHUNK_ROWS = 64;

/** A basis in the kernels' layout. */
export class Projector {
  private readonly memory = new KernelMemory();
  private readonly kernels = kernelsOn(this.memory.shared);
  private readonly d: number;
  private readonly k: number;
  /** Number of components, padded to a whole vector register. */
  private readonly width: number;
  private readonly mean: Float64Array;
  private readonly scale: Float64Array;
  private readonly components: Float32Array;
  private readonly rows: Float32Array;
  private readonly scaled: Float32Array;
  private readonly out: Float32Array;

  constructor(basis: Basis) {
    const d = (this.d = basis.mean.length);
    const k = (this.k = countDimensions(basis));
    const width = (this.width = Math.ceil(k / 8) * 8);
    this.mean = this.memory.doubles(basis.mean);
    this.scale = this.memory.doubles(basis.scale);
    this.components = this.memory.floats(d * width);
    for (let c = 0; c < k; c++)
      for (let j = 0; j < d; j++) this.components[j * width + c] = basis.components[c * d + j]!;
    this.rows = this.memory.floats(CHUNK_ROWS * d);
    this.scaled = this.memory.floats(4 * d);
    this.out = this.memory.floats(CHUNK_ROWS * width);
  }

  /** Returns the vectors [n, k] of responses [n, d]. */
  project(responses: Float32Array): Float32Array {
    const { d, k, width, kernels, mean, scale, components, rows, scaled, out } = this;
    const n = responses.length / d;
    const vectors = new Float32Array(n * k);
    for (let from = 0; from < n; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, n - from);
      rows.set(responses.subarray(from * d, (from + count) * d));
      kernels.projectRows(
        rows.byteOffset,
        Math.ceil(count / 4) * 4,
        d,
        mean.byteOffset,
        scale.byteOffset,
        components.byteOffset,
        width,
        scaled.byteOffset,
        out.byteOffset,
      );
      if (k === width) vectors.set(out.subarray(0, count * k), from * k);
      else
        for (let i = 0; i < count; i++) vectors.set(out.subarray(i * width, i * width + k), (from + i) * k);
    }
    return vectors;
  }
}
