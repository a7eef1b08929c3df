import { seededRandom } from '@noema/kernel';

/** Numbers of columns that a search holds. */
interface ColumnCounts {
  readonly dimensions: number;
  readonly units: number;
  readonly epochs: number;
  readonly classes: number;
  readonly metadata: number;
}

/** Bytes of a row in the memory of a search. */
export function countRowBytes({ dimensions, units, epochs, classes, metadata }: ColumnCounts): number {
  // Vectors, six depths of 32, units, loss, class and margin of each epoch, probabilities, split, classes, loss, hash.
  const shared = dimensions + 6 * 32 + units + 3 * epochs + classes + 8;
  // The thread of the search gets a copy of neighbours and metadata.
  return 4 * shared + 2 * (4 * 2 * 24 + 8 * metadata);
}

/** The rows of a dataset version that are searched, rising: all, or some of them. */
export class SearchedRows {
  private constructor(
    /** Number of rows of the dataset version. */
    readonly of: number,
    /** Rising; undefined for all rows. */
    readonly rows: Int32Array | undefined,
  ) {}

  /** Takes all rows, or draws as many as fit into the memory by the seed (selection sampling, Knuth 3.4.2 S). */
  static choose(
    of: number,
    {
      bytesPerRow,
      bytes,
      seed,
    }: { readonly bytesPerRow: number; readonly bytes: number; readonly seed: number },
  ): SearchedRows {
    const count = Math.max(1, Math.floor(bytes / bytesPerRow));
    if (count >= of) return new SearchedRows(of, undefined);
    const random = seededRandom(seed);
    const rows = new Int32Array(count);
    for (let row = 0, taken = 0; taken < count; row++)
      if (random() * (of - row) < count - taken) rows[taken++] = row;
    return new SearchedRows(of, rows);
  }

  get count(): number {
    return this.rows?.length ?? this.of;
  }

  /** Row of the dataset version of a searched row. */
  toRow(at: number): number {
    return this.rows === undefined ? at : this.rows[at]!;
  }

  /** Calls `take` with each searched row of [from, to) of the dataset version: its position, and its row. */
  forEach(from: number, to: number, take: (at: number, row: number) => void): void {
    if (this.rows === undefined) {
      for (let row = from; row < to; row++) take(row, row);
      return;
    }
    for (let at = lowerBound(this.rows, from); at < this.rows.length && this.rows[at]! < to; at++)
      take(at, this.rows[at]!);
  }

  /** The values of the searched rows; the array itself if all are searched. */
  pick<T extends Float32Array | Int32Array | Uint8Array | Float64Array>(values: T, width = 1): T {
    const { rows } = this;
    if (rows === undefined) return values;
    const picked = new (values.constructor as new (length: number) => T)(rows.length * width);
    rows.forEach((row, at) => {
      picked.set(values.subarray(row * width, (row + 1) * width), at * width);
    });
    return picked;
  }
}

/** Position of the first row that is at least `row`. */
function lowerBound(rows: Int32Array, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
