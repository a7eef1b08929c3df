import { type Engine, type Program, runBatches, type Tensors } from '@noema/engine';
import { float32, int64, type TensorData } from '@noema/onnx';
import type { Points } from '@noema/manifold';
import { rerank } from '../domain/rerank.js';
import type { Found, IndexKindAdapter, SearchableIndex, SearchOptions } from '../domain/vector-index.js';
import { blockedProgram, GROUP, scoresProgram } from './exact.graph.js';
import { type ExactMatrix, exactMatrix } from './exact.matrix.js';

/** Queries of one run. */
const BATCH = 256;
/** Scores that one run of the plain program holds, and group scores of the blocked one: 16 and 32 MB. */
const PLAIN_VALUES = 4_000_000;
const BLOCKED_VALUES = 8_000_000;
/** Fewer queries are answered by the plain program, which does nothing twice. */
const MANY = 32;
/** Candidates beyond k that are measured exactly, because float32 scores may swap near ties at the end. */
const SPARE = 8;

const scores = scoresProgram();

/** Brute force on ONNX Runtime; the distances are then measured in float64. */
export class ExactIndex implements SearchableIndex {
  private readonly matrix: ExactMatrix;
  private readonly whole: TensorData;
  private readonly blocked: Program;

  constructor(private readonly engine: Engine, private readonly vectors: Points) {
    this.matrix = exactMatrix(vectors);
    this.whole = float32(this.matrix.data, [this.matrix.rows, this.matrix.width]);
    this.blocked = blockedProgram(this.matrix.blocks, this.matrix.blockRows);
  }

  async search(queries: Points, k: number, options: SearchOptions = {}): Promise<Found> {
    const { rows } = this.matrix;
    const found: Found = { m: queries.n, k, rows: new Int32Array(queries.n * k), distances: new Float32Array(queries.n * k) };
    const reach = Math.min(this.vectors.n, k + 1 + SPARE);
    const inBlocks = options.allowed === undefined && queries.n >= MANY && 2 * reach * GROUP <= rows;
    const [program, values, held] = inBlocks ? [this.blocked, BLOCKED_VALUES, rows / GROUP] : [scores, PLAIN_VALUES, rows];
    const fixed: Tensors = { k: int64([reach]), ...(inBlocks ? this.blocks() : { x: this.whole, penalty: float32(this.penaltyOf(options.allowed), [rows, 1]) }) };
    await runBatches(this.engine, program, {
      rows: queries.n, batchSize: Math.max(1, Math.min(BATCH, Math.floor(values / held))),
      feeds: (from, to) => ({ ...fixed, q: float32(this.columns(queries, from, to), [this.matrix.width, to - from]) }),
      take: ({ groups, rows: single }, from) => {
        const candidates = groups === undefined ? { reach, rows: single!.data as Int32Array } : { reach, rows: groups.data as Int32Array, group: GROUP };
        rerank(this.vectors, queries, candidates, found, from, options);
      },
      ...(options.signal && { signal: options.signal }),
    });
    return found;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private blocks(): Tensors {
    const { data, width, blocks, blockRows } = this.matrix, size = blockRows * width;
    return Object.fromEntries(Array.from({ length: blocks }, (_, at) => [`x${at}`, float32(data.subarray(at * size, (at + 1) * size), [blockRows, width])]));
  }

  /** Queries [from, to) around the centre as columns, with 1 in the last dimension. */
  private columns({ data, d }: Points, from: number, to: number): Float32Array {
    const count = to - from, block = new Float32Array((d + 1) * count).fill(1, d * count);
    for (let i = 0; i < count; i++) for (let c = 0; c < d; c++) block[c * count + i] = data[(from + i) * d + c]! - this.matrix.centre[c]!;
    return block;
  }

  private penaltyOf(allowed: Uint8Array | undefined): Float32Array {
    const penalty = new Float32Array(new SharedArrayBuffer(4 * this.matrix.rows));
    if (allowed !== undefined) allowed.forEach((may, row) => { if (may === 0) penalty[row] = -Infinity; });
    return penalty;
  }
}

/** The default kind, which needs nothing but the vectors. */
export const exactKind = (engine: () => Engine): IndexKindAdapter => ({
  key: 'exact',
  parameters: [],
  checkReady: () => undefined,
  build: () => Promise.resolve(undefined),
  open: (vectors) => Promise.resolve(new ExactIndex(engine(), vectors)),
});
