import type { Points } from '@noema/manifold';
import { rerank } from '../vector-index/rerank.js';
import type { Found, SearchableIndex, SearchOptions } from '../vector-index/vector-index.js';
import { allowedRows, scan } from './allowed.scan.js';
import type { ChildSupervisor } from './child.supervisor.js';
import { indexClosed, queryInvalid } from './faiss.errors.js';
import type { Frame } from './frame.js';

/** Queries of one call, which is also the least that cannot be stopped. */
const BLOCK = 1_024;
/** Blocks that the child has before it: it goes on with the next while one is taken away and measured. */
const AHEAD = 2;
/** Candidates beyond k that are measured exactly, because float32 scores may swap near ties at the end. */
const SPARE = 8;
/** Most candidates of a query; where a filter needs more, measuring the rows that it leaves is cheaper. */
const MAX_REACH = 4_096;

/** Candidates from faiss in the child, measured again in float64 here. */
export class FaissIndex implements SearchableIndex {
  private readonly active = new Set<Promise<unknown>>();
  private closed = false;

  /**
   * `breadth` is the least number of candidates to take: what an HNSW index has looked at is worth measuring.
   */
  constructor(
    private readonly child: ChildSupervisor,
    private readonly vectors: Points,
    private readonly frame: Frame,
    private readonly breadth: number,
  ) {}

  async search(queries: Points, k: number, options: SearchOptions = {}): Promise<Found> {
    if (this.closed) throw indexClosed();
    if (!Number.isInteger(k) || k < 1) throw queryInvalid(`k is ${k}; ask for at least 1 neighbor`);
    const searching = this.run(queries, k, options);
    this.active.add(searching);
    try {
      return await searching;
    } finally {
      this.active.delete(searching);
    }
  }

  /** Waits for the searches that run, then ends the child. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.active);
    await this.child.close();
  }

  private async run(queries: Points, k: number, options: SearchOptions): Promise<Found> {
    const { n } = this.vectors;
    const found: Found = {
      m: queries.n,
      k,
      rows: new Int32Array(queries.n * k),
      distances: new Float32Array(queries.n * k),
    };
    if (queries.n === 0) return found;
    options.signal?.throwIfAborted();
    const rows = options.allowed && allowedRows(options.allowed);
    const needed = k + 1 + SPARE;
    // Twice as many as it takes when the filter has nothing to do with the distances.
    const filtered = rows === undefined ? needed : Math.ceil((2 * needed * n) / Math.max(1, rows.length));
    if (rows !== undefined && filtered > Math.min(MAX_REACH, n)) {
      for (let q = 0; q < queries.n; q++) await scan(this.vectors, queries, rows, found, q, options);
      return found;
    }
    const reach = Math.min(n, Math.max(filtered, this.breadth));
    const step = Math.max(1, Math.min(BLOCK, Math.floor((BLOCK * 64) / reach)));
    const asked: Promise<Int32Array>[] = [];
    let next = 0;
    const ask = (): void => {
      for (; next < queries.n && asked.length < AHEAD; next += step) {
        const answer = this.child.call({
          op: 'search',
          values: this.frame.queries(queries, next, Math.min(queries.n, next + step)),
          k: reach,
        });
        answer.catch(() => undefined);
        asked.push(answer);
      }
    };
    for (let from = 0; from < queries.n; from += step) {
      options.signal?.throwIfAborted();
      ask();
      const candidates = await asked.shift()!;
      ask();
      rerank(this.vectors, queries, { reach, rows: candidates }, found, from, options);
      if (rows === undefined) continue;
      for (let q = 0; q * reach < candidates.length; q++) {
        const held = candidates
          .subarray(q * reach, (q + 1) * reach)
          .reduce((sum, row) => sum + (row >= 0 && options.allowed![row] !== 0 ? 1 : 0), 0);
        if (held < Math.min(needed, rows.length))
          await scan(this.vectors, queries, rows, found, from + q, options);
      }
    }
    return found;
  }
}
