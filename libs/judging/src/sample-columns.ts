import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { FIELDS } from './fields.js';

/** Fields of some samples of a run as columns, by rising row. A missing value is NaN. */
export interface SampleColumns {
  readonly rows: Int32Array;
  /** One column for each of `FIELDS`. */
  readonly fields: ReadonlyMap<string, Float64Array>;
}

/** Collects samples page by page. A sample takes 44 bytes; a message takes some hundred. */
export class ColumnBuilder {
  private rows = new Int32Array(0);
  private readonly fields = new Map(Object.keys(FIELDS).map((name) => [name, new Float64Array(0)]));
  private count = 0;

  /** Adds a page; `total` is the expected number of samples of all pages. */
  add(page: readonly SampleEvaluation[], total: number): void {
    const needed = this.count + page.length;
    if (needed > this.rows.length) this.resize(Math.max(total, needed, 2 * this.rows.length));
    for (const [i, { row }] of page.entries()) this.rows[this.count + i] = row;
    for (const [name, column] of this.fields) {
      const read = FIELDS[name]!;
      for (const [i, sample] of page.entries()) column[this.count + i] = read(sample) ?? NaN;
    }
    this.count = needed;
  }

  finish(): SampleColumns {
    if (this.rows.length !== this.count) this.resize(this.count);
    return { rows: this.rows, fields: this.fields };
  }

  private resize(length: number): void {
    this.rows = resized(this.rows, new Int32Array(length));
    for (const [name, column] of this.fields)
      this.fields.set(name, resized(column, new Float64Array(length)));
  }
}

function resized<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length));
  return to;
}

/** Returns the samples with the given rising rows; rows that the columns do not have are left out. */
export function selectRows({ rows, fields }: SampleColumns, wanted: Int32Array): SampleColumns {
  const places = new Int32Array(Math.min(rows.length, wanted.length));
  let found = 0;
  for (let i = 0, j = 0; i < rows.length && j < wanted.length; ) {
    const difference = rows[i]! - wanted[j]!;
    if (difference === 0) places[found++] = i;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  const at = places.subarray(0, found);
  return {
    rows: Int32Array.from(at, (place) => rows[place]!),
    fields: new Map(
      Array.from(fields, ([name, column]) => [name, Float64Array.from(at, (place) => column[place]!)]),
    ),
  };
}
