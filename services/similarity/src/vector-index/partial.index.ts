import type { Points } from '@noema/manifold';
import { hasRow, type RowMask } from '../activation-set/row-mask.js';
import type { Found, SearchableIndex, SearchOptions } from './vector-index.js';

/** A part of the population: its vectors one after the other, and their rows in the population. */
export interface Part {
  readonly vectors: Points;
  readonly rows: Int32Array;
}

/** The vectors that are not left out, in memory that threads share. */
export function partWithout({ n, d, data }: Points, leftOut: RowMask): Part {
  const rows = Int32Array.from({ length: n }, (_, row) => row).filter((row) => !hasRow(leftOut, row));
  const kept = new Float32Array(new SharedArrayBuffer(4 * rows.length * d));
  rows.forEach((row, at) => {
    kept.set(data.subarray(row * d, (row + 1) * d), at * d);
  });
  return { vectors: { data: kept, n: rows.length, d }, rows };
}

/** An index over a part of the population that speaks of the population's rows. */
export class PartialIndex implements SearchableIndex {
  constructor(
    private readonly inner: SearchableIndex,
    private readonly rows: Int32Array,
  ) {}

  async search(
    queries: Points,
    k: number,
    { firstRow, allowed, signal }: SearchOptions = {},
  ): Promise<Found> {
    const within = {
      ...(signal && { signal }),
      ...(allowed && { allowed: Uint8Array.from(this.rows, (row) => allowed[row]!) }),
    };
    if (firstRow === undefined) return this.named(await this.inner.search(queries, k, within));
    const found: Found = {
      m: queries.n,
      k,
      rows: new Int32Array(queries.n * k),
      distances: new Float32Array(queries.n * k),
    };
    for (let q = 0; q < queries.n; q++) {
      const own = this.rows.indexOf(firstRow + q);
      const one = { ...queries, data: queries.data.subarray(q * queries.d, (q + 1) * queries.d), n: 1 };
      const { rows, distances } = this.named(
        await this.inner.search(one, k, { ...within, ...(own >= 0 && { firstRow: own }) }),
      );
      found.rows.set(rows, q * k);
      found.distances.set(distances, q * k);
    }
    return found;
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private named(found: Found): Found {
    return { ...found, rows: found.rows.map((row) => (row < 0 ? row : this.rows[row]!)) };
  }
}
