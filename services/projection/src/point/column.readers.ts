import type { PointColumn } from './point-columns.js';

/** Readers of the columns, by name. */
export type ColumnReaders = Readonly<Record<string, () => Promise<PointColumn>>>;

/** Makes a thing for the first who asks and gives the same one to all others. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
