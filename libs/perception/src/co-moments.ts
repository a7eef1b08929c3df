import { KernelMemory, kernelsOn } from '@noema/simd';

/** Number of rows whose centred values are transposed at a time; they stay in the caches. */
const CHUNK_ROWS = 128;
/** Units per tile of the kernel. A band is a whole number of tiles. */
const TILE = 4;

const padded = (d: number): number => Math.ceil(d / TILE) * TILE;

/** Rows of a co-moment matrix, from `from` to `to`, which may exceed the last unit. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** Returns at most `parts` bands of the lower triangle of a matrix [d, d], with about equal work each. */
export function splitBands(d: number, parts: number): Band[] {
  const ends = Array.from({ length: parts }, (_, part) => padded(d * Math.sqrt((part + 1) / parts)));
  return ends.map((to, part) => ({ from: ends[part - 1] ?? 0, to })).filter(({ from, to }) => to > from);
}

/**
 * A band of Σ(x−mean)(x−mean)ᵀ over rows of d units, in memory of the kernels. Even and odd rows of a chunk
 * are summed separately, in float64.
 */
export class CoMoments {
  private readonly memory = new KernelMemory();
  private readonly kernels = kernelsOn(this.memory.shared);
  private readonly rows: Float32Array;
  private readonly mean: Float64Array;
  private readonly columns: Float64Array;
  private readonly sums: Float64Array;

  constructor(
    readonly d: number,
    readonly band: Band,
  ) {
    this.rows = this.memory.floats(CHUNK_ROWS * d);
    this.mean = this.memory.doubles(d);
    this.columns = this.memory.doubles(padded(d) * CHUNK_ROWS);
    this.sums = this.memory.doubles((band.to - band.from) * padded(d));
  }

  get byteLength(): number {
    return this.memory.shared.buffer.byteLength;
  }

  /**
   * Writes the rows of the band, and the mirrored columns, into the co-moment matrix [d, d] of responses [n,
   * d] float32, row-major. Returns their mean [d].
   */
  write(responses: Float32Array, matrix: Float64Array): Float64Array {
    const {
      d,
      band: { from, to },
      columns,
      sums,
      kernels,
    } = this;
    const mean = this.computeMean(responses);
    const width = padded(d);
    sums.fill(0);
    this.eachChunk(responses, (rows, count) => {
      if (count < CHUNK_ROWS) columns.fill(0);
      kernels.centreColumns(rows, count, d, this.mean.byteOffset, columns.byteOffset, CHUNK_ROWS);
      kernels.addCoMoments(columns.byteOffset, width, CHUNK_ROWS, from, to, sums.byteOffset);
    });
    for (let i = from; i < Math.min(to, d); i++)
      for (let j = 0; j <= i; j++) matrix[i * d + j] = matrix[j * d + i] = sums[(i - from) * width + j]!;
    return mean;
  }

  private computeMean(responses: Float32Array): Float64Array {
    this.mean.fill(0);
    this.eachChunk(responses, (rows, count) => {
      this.kernels.addRows(rows, count, this.d, this.mean.byteOffset);
    });
    for (let j = 0; j < this.d; j++) this.mean[j]! /= responses.length / this.d;
    return Float64Array.from(this.mean);
  }

  private eachChunk(responses: Float32Array, take: (rows: number, count: number) => void): void {
    for (let from = 0; from < responses.length; from += CHUNK_ROWS * this.d) {
      const chunk = responses.subarray(from, from + CHUNK_ROWS * this.d);
      this.rows.set(chunk);
      take(this.rows.byteOffset, chunk.length / this.d);
    }
  }
}

/** Kernel memory that is cached for the next shard, which has the same number of units. */
const CACHE_BYTES = 16 * 2 ** 20;
let cached: CoMoments | undefined;

/** Writes a band of the co-moment matrix (default: all of it) and returns the mean, as `CoMoments.write`. */
export function writeCoMoments(
  responses: Float32Array,
  d: number,
  matrix: Float64Array,
  band: Band = { from: 0, to: padded(d) },
): Float64Array {
  const coMoments =
    cached?.d === d && cached.band.from === band.from && cached.band.to === band.to
      ? cached
      : new CoMoments(d, band);
  if (coMoments.byteLength <= CACHE_BYTES) cached = coMoments;
  return coMoments.write(responses, matrix);
}
