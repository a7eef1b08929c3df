import { setImmediate } from 'node:timers/promises';
import { ExactSearch, type Points, type SearchTools, searchTools, widened } from '@noema/manifold';
import { KernelMemory } from '@noema/simd';
import type { Found, IndexKindAdapter, SearchableIndex, SearchOptions } from './vector-index.js';

/** Most neighbours of a search that memory is laid for at first. */
const USUAL_K = 1_024;
/** Rows of the population from which their order is worth being looked up. */
const ORDERED_FROM = 256;
/** Time after which others may use the thread. */
const HOLD_MS = 10;

/** All vectors, by SIMD kernels that leave out most of them as a whole; exact, ties by row. */
export class ExactIndex implements SearchableIndex {
  private readonly memory = new KernelMemory();
  private readonly mask: Uint8Array;
  private tools: SearchTools;
  private exact: ExactSearch;
  private mostK = USUAL_K;

  constructor(private readonly vectors: Points) {
    this.tools = searchTools(this.memory, vectors, USUAL_K)[0]!;
    this.exact = new ExactSearch(vectors, this.tools);
    this.mask = this.memory.bytes(vectors.n);
  }

  async search(
    queries: Points,
    k: number,
    { firstRow, allowed, signal }: SearchOptions = {},
  ): Promise<Found> {
    const found: Found = {
      m: queries.n,
      k,
      rows: new Int32Array(queries.n * k),
      distances: new Float32Array(queries.n * k),
    };
    if (k > this.mostK) this.makeRoom(k);
    const { exact: search, mask } = this;
    const squares = new Float64Array(k);
    const order = this.findOrder(queries.n, firstRow);
    let sinceMs = -Infinity;
    for (let next = 0; next < queries.n; next++) {
      const q = order?.[next] ?? next;
      if (performance.now() - sinceMs > HOLD_MS) {
        if (next > 0) await setImmediate();
        signal?.throwIfAborted();
        // Another search may have used it meanwhile.
        if (allowed !== undefined) mask.set(allowed);
        sinceMs = performance.now();
      }
      search.nearest(
        queries,
        q,
        { self: firstRow === undefined ? -1 : firstRow + q, allowed: allowed && mask },
        found.rows.subarray(q * k, (q + 1) * k),
        squares,
      );
      for (let at = 0; at < k; at++) found.distances[q * k + at] = Math.sqrt(squares[at]!);
    }
    return found;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * The order in which to answer many rows of the population: that of their blocks, so that one finds in the
   * cache what the one before read.
   */
  private findOrder(count: number, firstRow: number | undefined): Int32Array | undefined {
    if (firstRow === undefined || count < ORDERED_FROM) return undefined;
    return this.tools.blocked.order
      .filter((row) => row >= firstRow && row < firstRow + count)
      .map((row) => row - firstRow);
  }

  /** Twice as much as before at least, because memory of an earlier room stays laid. */
  private makeRoom(k: number): void {
    this.mostK = Math.max(k, 2 * this.mostK);
    this.tools = widened(this.tools, this.memory, this.mostK);
    this.exact = new ExactSearch(this.vectors, this.tools);
  }
}

/**
 * The default kind, which needs nothing but the vectors; vectors that are kept in memory are laid out once.
 */
export const exactKind = (): IndexKindAdapter => {
  const opened = new WeakMap<Points, ExactIndex>();
  return {
    key: 'exact',
    title: 'Exact search',
    summary: 'Compares the queries with every vector, by SIMD kernels over blocks of near vectors.',
    reference: '',
    parameters: [],
    facts: { exact: true },
    checkReady: () => undefined,
    build: () => Promise.resolve(undefined),
    open: (vectors) => {
      const index = opened.get(vectors) ?? new ExactIndex(vectors);
      opened.set(vectors, index);
      return Promise.resolve(index);
    },
  };
};
