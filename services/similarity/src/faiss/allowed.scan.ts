import { setImmediate } from 'node:timers/promises';
import type { Points } from '@noema/manifold';
import { rerank } from '../vector-index/rerank.js';
import type { Found, SearchOptions } from '../vector-index/vector-index.js';

/** Rows measured before others may use the thread: about a millisecond. */
const BLOCK = 8_192;

/** The rows whose byte is set. */
export function allowedRows(allowed: Uint8Array): Int32Array {
  const rows = new Int32Array(allowed.length);
  let count = 0;
  for (let row = 0; row < allowed.length; row++) if (allowed[row] !== 0) rows[count++] = row;
  return rows.subarray(0, count);
}

/**
 * Writes the k nearest of the rows for query q into `found` by measuring them all, in blocks: faiss itself
 * has no filters.
 */
export async function scan(
  vectors: Points,
  queries: Points,
  rows: Int32Array,
  found: Found,
  q: number,
  options: SearchOptions,
): Promise<void> {
  const best = found.rows.subarray(q * found.k, (q + 1) * found.k).fill(-1);
  for (let at = 0; at === 0 || at < rows.length; at += BLOCK) {
    options.signal?.throwIfAborted();
    const block = rows.subarray(at, at + BLOCK);
    const candidates = new Int32Array(best.length + block.length);
    candidates.set(best);
    candidates.set(block, best.length);
    rerank(vectors, queries, { reach: candidates.length, rows: candidates }, found, q, options);
    await setImmediate();
  }
}
