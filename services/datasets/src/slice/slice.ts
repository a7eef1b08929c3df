import type { Brand, ProjectId } from '@noema/kernel';
import type { DatasetVersionId } from '../dataset-version/dataset-version.js';

export type SliceId = Brand<string, 'SliceId'>;

/** A named part of a dataset version. Its rows change when rows are added or removed, or with its filter. */
export interface Slice {
  readonly id: SliceId;
  readonly projectId: ProjectId;
  readonly datasetVersionId: DatasetVersionId;
  /** Unique in the dataset version. */
  readonly displayName: string;
  readonly description: string;
  /** Condition that its rows match; empty for a slice of selected rows. */
  readonly filter: string;
  readonly sampleCount: number;
  /** Subject of the token that it was made with. */
  readonly createdBy: string;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** A slice with its rows: one bit a row, the lowest bit first. */
export interface SliceWithRows extends Slice {
  readonly bitmap: Uint8Array;
}

/** Source of a new slice; its rows are known, nothing is written. */
export type SliceDraft = Omit<SliceWithRows, 'id' | 'createdBy' | 'createTime' | 'updateTime'>;

/** Rising rows as one bit a row, the lowest bit first. */
export function packBitmap(rows: Int32Array, population: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(population / 8));
  for (const row of rows) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}

/** Rows of a bitmap. */
export function countRows(bitmap: Uint8Array): number {
  let count = 0;
  for (let bits of bitmap) for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** Rows that a slice gets and loses, as bitmaps of the whole population. */
export interface RowChange {
  readonly add: Uint8Array;
  readonly remove: Uint8Array;
}

/** A bitmap with rows added and removed. */
export const changeRows = (bitmap: Uint8Array, { add, remove }: RowChange): Uint8Array =>
  Uint8Array.from(add, (bits, at) => ((bitmap[at] ?? 0) | bits) & ~remove[at]!);

/** Position of the lowest bit that is set. */
export const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
