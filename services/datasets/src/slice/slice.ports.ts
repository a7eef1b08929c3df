import type { Page, PageQuery } from '@noema/kernel';
import type { DatasetVersionId } from '../dataset-version/dataset-version.js';
import type { Slice, SliceId, SliceWithRows } from './slice.js';

/** The slices of the team of the ambient transaction. */
export interface SliceRepository {
  /**
   * Throws `exists` SLICE_NAME_TAKEN, `not-found` DATASET_VERSION_NOT_FOUND when the version was deleted
   * meanwhile.
   */
  insert(slice: SliceWithRows): Promise<void>;
  find(id: string): Promise<SliceWithRows | undefined>;
  /** Newest first. */
  list(id: DatasetVersionId, query: Pick<PageQuery, 'pageSize' | 'pageToken'>): Promise<Page<Slice>>;
  /** Writes name, description and update time. Throws `exists` SLICE_NAME_TAKEN. */
  save(slice: Slice): Promise<void>;
  /** False when there was none. */
  delete(id: SliceId): Promise<boolean>;
}
