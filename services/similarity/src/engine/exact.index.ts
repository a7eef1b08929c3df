import { type Engine, runBatches } from '@noema/engine';
import { float32, int64, type TensorData } from '@noema/onnx';
import type { Points } from '@noema/manifold';
import { rerank } from '../domain/rerank.js';
import type { Found, IndexKindAdapter, SearchableIndex, SearchOptions } from '../domain/vector-index.js';
import { exactProgram } from './exact.graph.js';

/** Queries of a block: scores of 256 queries against 10,000 vectors are 10 MB, which stays near the cores. */
const BLOCK = 256;
const BLOCK_VALUES = 4_000_000;
/** Candidates beyond k that are measured exactly, because float32 scores may swap near ties at the end. */
const SPARE = 8;

const program = exactProgram();

/** Brute force in blocks on ONNX Runtime; the distances are then measured in float64. */
export class ExactIndex implements SearchableIndex {
  private readonly transposed: TensorData;
  private readonly halfNorms: Float32Array;
  private readonly centre: Float64Array;

  constructor(private readonly engine: Engine, private readonly vectors: Points) {
    const { n, d, data } = vectors;
    this.centre = centreOf(vectors);
    const transposed = new Float32Array(new SharedArrayBuffer(4 * n * d));
    this.halfNorms = new Float32Array(new SharedArrayBuffer(4 * n));
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let c = 0; c < d; c++) {
        const value = data[i * d + c]! - this.centre[c]!;
        transposed[c * n + i] = value;
        sum += value * value;
      }
      this.halfNorms[i] = sum / 2;
    }
    this.transposed = float32(transposed, [d, n]);
  }

  async search(queries: Points, k: number, options: SearchOptions = {}): Promise<Found> {
    const { n, d } = this.vectors;
    const found: Found = { m: queries.n, k, rows: new Int32Array(queries.n * k), distances: new Float32Array(queries.n * k) };
    const reach = Math.min(n, k + 1 + SPARE);
    const hn = float32(this.normsOf(options.allowed), [n]);
    await runBatches(this.engine, program, {
      rows: queries.n, batchSize: Math.max(1, Math.min(BLOCK, Math.floor(BLOCK_VALUES / n))),
      feeds: (from, to) => ({ q: float32(this.centred(queries, from, to), [to - from, d]), xT: this.transposed, hn, k: int64([reach]) }),
      take: ({ rows }, from) => {
        rerank(this.vectors, queries, { reach, rows: Array.from(rows!.data as BigInt64Array, Number) }, found, from, options);
      },
      ...(options.signal && { signal: options.signal }),
    });
    return found;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private centred({ data, d }: Points, from: number, to: number): Float32Array {
    const block = new Float32Array((to - from) * d);
    for (let i = 0; i < block.length; i++) block[i] = data[from * d + i]! - this.centre[i % d]!;
    return block;
  }

  private normsOf(allowed: Uint8Array | undefined): Float32Array {
    if (allowed === undefined) return this.halfNorms;
    return this.halfNorms.map((norm, row) => (allowed[row] === 0 ? Infinity : norm));
  }
}

/** Vectors around their centre have the smallest norms, so float32 scores lose the least. */
function centreOf({ n, d, data }: Points): Float64Array {
  const centre = new Float64Array(d);
  for (let i = 0; i < n * d; i++) centre[i % d]! += data[i]! / n;
  return centre;
}

/** The default kind, which needs nothing but the vectors. */
export const exactKind = (engine: () => Engine): IndexKindAdapter => ({
  key: 'exact',
  parameters: [],
  checkReady: () => undefined,
  build: () => Promise.resolve(undefined),
  open: (vectors) => Promise.resolve(new ExactIndex(engine(), vectors)),
});
