import type { Brand, ProjectId } from '@noema/kernel';
import type { DatasetVersionId } from '../dataset-version/dataset-version.js';

export type SliceId = Brand<string, 'SliceId'>;

/** A part of a dataset version that somebody gave a name to; its rows never change. */
export interface Slice {
  readonly id: SliceId;
  readonly projectId: ProjectId;
  readonly datasetVersionId: DatasetVersionId;
  /** Unique in the dataset version. */
  readonly displayName: string;
  readonly description: string;
  /** Condition that it was made by; empty when it was made of rows. */
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

/** What a new slice is made from; its rows are known, nothing is written. */
export type SliceDraft = Omit<SliceWithRows, 'id' | 'createdBy' | 'createTime' | 'updateTime'>;

/** Rising rows as one bit a row, the lowest bit first. */
export function bitmapOf(rows: Int32Array, population: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(population / 8));
  for (const row of rows) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}

/** Rows of a bitmap. */
export function countOf(bitmap: Uint8Array): number {
  let count = 0;
  for (let bits of bitmap) for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}
