import { setImmediate } from 'node:timers/promises';
import { ExactSearch, type Points, searchTools } from '@noema/manifold';
import { KernelMemory } from '@noema/simd';
import type { Found, IndexKindAdapter, SearchableIndex, SearchOptions } from './vector-index.js';

/** Most neighbours of a search that memory is laid for at first. */
const USUAL_K = 1_024;
/** Time after which others may use the thread. */
const HOLD_MS = 10;

/** All vectors, by SIMD kernels that leave out most of them as a whole; exact, ties by row. */
export class ExactIndex implements SearchableIndex {
  private laid: { readonly k: number; readonly search: ExactSearch; readonly allowed: Uint8Array };

  constructor(private readonly vectors: Points) {
    this.laid = this.layFor(USUAL_K);
  }

  async search(queries: Points, k: number, { firstRow, allowed, signal }: SearchOptions = {}): Promise<Found> {
    const found: Found = { m: queries.n, k, rows: new Int32Array(queries.n * k), distances: new Float32Array(queries.n * k) };
    if (k > this.laid.k) this.laid = this.layFor(k);
    const { search, allowed: mask } = this.laid, squares = new Float64Array(k);
    let sinceMs = -Infinity;
    for (let q = 0; q < queries.n; q++) {
      if (performance.now() - sinceMs > HOLD_MS) {
        if (q > 0) await setImmediate();
        signal?.throwIfAborted();
        // Another search may have used it meanwhile.
        if (allowed !== undefined) mask.set(allowed);
        sinceMs = performance.now();
      }
      search.nearest(queries, q, { self: firstRow === undefined ? -1 : firstRow + q, allowed: allowed && mask }, found.rows.subarray(q * k, (q + 1) * k), squares);
      for (let at = 0; at < k; at++) found.distances[q * k + at] = Math.sqrt(squares[at]!);
    }
    return found;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private layFor(k: number): ExactIndex['laid'] {
    const memory = new KernelMemory(), [tools] = searchTools(memory, this.vectors, k);
    return { k, search: new ExactSearch(this.vectors, tools!), allowed: memory.bytes(this.vectors.n) };
  }
}

/** The default kind, which needs nothing but the vectors; vectors that are kept in memory are laid out once. */
export const exactKind = (): IndexKindAdapter => {
  const opened = new WeakMap<Points, ExactIndex>();
  return {
    key: 'exact',
    parameters: [],
    checkReady: () => undefined,
    build: () => Promise.resolve(undefined),
    open: (vectors) => {
      const index = opened.get(vectors) ?? new ExactIndex(vectors);
      opened.set(vectors, index);
      return Promise.resolve(index);
    },
  };
};
