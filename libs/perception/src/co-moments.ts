import { KernelMemory, kernelsOn } from '@noema/simd';

/** Rows whose centred values are laid by unit at a time: they stay in the caches. */
const CHUNK_ROWS = 128;

/** Σ(x−mean)(x−mean)ᵀ over rows of d units, in memory of the kernels; sums run over even and odd rows of a chunk apart, in float64. */
export class CoMoments {
  private readonly memory = new KernelMemory();
  private readonly kernels = kernelsOn(this.memory.shared);
  /** Units with those that fill up the last tile. */
  private readonly padded: number;
  private readonly rows: Float32Array;
  private readonly mean: Float64Array;
  private readonly columns: Float64Array;
  private readonly sums: Float64Array;

  constructor(readonly d: number) {
    this.padded = Math.ceil(d / 4) * 4;
    this.rows = this.memory.floats(CHUNK_ROWS * d);
    this.mean = this.memory.doubles(d);
    this.columns = this.memory.doubles(this.padded * CHUNK_ROWS);
    this.sums = this.memory.doubles(this.padded * this.padded);
  }

  get byteLength(): number {
    return this.memory.shared.buffer.byteLength;
  }

  /** The co-moment matrix [d, d] of responses [n, d] float32, row-major, about their mean [d]. */
  of(responses: Float32Array, mean: Float64Array): Float64Array {
    const { d, padded, rows, columns, sums, kernels } = this;
    this.mean.set(mean);
    sums.fill(0);
    for (let from = 0; from < responses.length; from += CHUNK_ROWS * d) {
      const chunk = responses.subarray(from, from + CHUNK_ROWS * d), count = chunk.length / d;
      rows.set(chunk);
      if (count < CHUNK_ROWS) columns.fill(0);
      kernels.centreColumns(rows.byteOffset, count, d, this.mean.byteOffset, columns.byteOffset, CHUNK_ROWS);
      kernels.addCoMoments(columns.byteOffset, padded, CHUNK_ROWS, sums.byteOffset);
    }
    const matrix = new Float64Array(d * d);
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) matrix[i * d + j] = matrix[j * d + i] = sums[i * padded + j]!;
    return matrix;
  }
}
