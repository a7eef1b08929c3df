import { Inject, Injectable } from '@nestjs/common';
import {
  displayName,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type RowSelection,
  selectRows,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { DatasetVersionService } from '../dataset-version/dataset-version.service.js';
import { SampleTableStore } from '../sample/sample-table.store.js';
import { sampleFilter } from '../sample/sample.filter.js';
import {
  descriptionTooLong,
  rowAddedAndRemoved,
  sliceEmpty,
  sliceFilterMissing,
  sliceHasFilter,
  sliceHasRows,
  sliceNotFound,
  sliceSourceAmbiguous,
  sliceSourceMissing,
  sliceWouldBeEmpty,
} from './slice.errors.js';
import {
  changeRows,
  countRows,
  lowestBit,
  packBitmap,
  type RowChange,
  type Slice,
  type SliceDraft,
  type SliceId,
  type SliceWithRows,
} from './slice.js';
import { SliceRepository } from './slice.repository.js';

const MAX_DESCRIPTION = 10_000;

export interface NewSlice {
  readonly displayName: string;
  readonly description: string;
  readonly selection?: RowSelection | undefined;
  readonly filter: string;
}

/** A change of a slice; fields that are not set stay. */
export interface SliceChange {
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  /** New condition of a slice that was created from one; its rows become the samples that match. */
  readonly filter?: string | undefined;
  readonly add?: RowSelection | undefined;
  readonly remove?: RowSelection | undefined;
}

/** Named slices of dataset versions. */
@Injectable()
export class SliceService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SliceRepository) private readonly slices: Port<SliceRepository>,
    @Inject(DatasetVersionService) private readonly versions: Pick<DatasetVersionService, 'get' | 'getReady'>,
    @Inject(SampleTableStore) private readonly tables: Pick<SampleTableStore, 'matching'>,
  ) {}

  /**
   * Finds the rows of a new slice, before anything is written. Throws `invalid` SLICE_SOURCE_MISSING,
   * SLICE_SOURCE_AMBIGUOUS, SLICE_EMPTY, FILTER_INVALID, and what `selectRows` throws.
   */
  async prepare(
    teamId: string,
    versionId: string,
    { selection, filter, ...asked }: NewSlice,
  ): Promise<SliceDraft> {
    const {
      id,
      projectId,
      ready: { content, samples },
    } = await this.versions.getReady(teamId, versionId);
    const [condition, population] = [filter.trim(), content.sampleCount];
    if (selection === undefined && condition === '') throw sliceSourceMissing();
    if (selection !== undefined && condition !== '') throw sliceSourceAmbiguous();
    const about = {
      projectId,
      datasetVersionId: id,
      displayName: displayName(asked.displayName),
      description: description(asked.description),
      filter: condition,
    };
    const bitmap =
      condition === ''
        ? packBitmap(selectRows(selection, population), population)
        : await this.tables.matching(samples, sampleFilter(condition, content));
    const sampleCount = countRows(bitmap);
    if (sampleCount === 0) throw sliceEmpty(condition);
    return { ...about, sampleCount, bitmap };
  }

  /** Throws `exists` SLICE_NAME_TAKEN. */
  async create(
    { teamId, subject }: { readonly teamId: string; readonly subject: string },
    draft: SliceDraft,
  ): Promise<SliceWithRows> {
    const now = new Date();
    const slice: SliceWithRows = {
      ...draft,
      id: uuidv7() as SliceId,
      createdBy: subject,
      createTime: now,
      updateTime: now,
    };
    await this.unitOfWork.run(teamId, () => this.slices.insert(slice));
    return slice;
  }

  /** Throws `not-found` SLICE_NOT_FOUND, also for another team's. */
  get(teamId: string, id: string): Promise<SliceWithRows> {
    return this.unitOfWork.run(teamId, () => this.need(id));
  }

  async list(
    teamId: string,
    versionId: string,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<Slice>> {
    const { id } = await this.versions.get(teamId, versionId);
    return this.unitOfWork.run(teamId, () => this.slices.list(id, query));
  }

  /**
   * Changes what the request names. Throws `exists` SLICE_NAME_TAKEN; for rows `precondition` SLICE_HAS_FILTER and
   * SLICE_WOULD_BE_EMPTY, `invalid` ROW_ADDED_AND_REMOVED, and what `selectRows` throws; for a filter `precondition`
   * SLICE_HAS_ROWS, `invalid` SLICE_FILTER_MISSING, SLICE_EMPTY, FILTER_INVALID.
   */
  async update(teamId: string, id: string, change: SliceChange): Promise<Slice> {
    const rows = await this.prepareRows(teamId, id, change);
    const filtered = await this.prepareFilter(teamId, id, change);
    return this.unitOfWork.run(teamId, async () => {
      const before = isUuid(id) ? await this.slices.lock(id) : undefined;
      if (before === undefined) throw sliceNotFound(id);
      const bitmap =
        filtered?.bitmap ?? (rows === undefined ? before.bitmap : changeRows(before.bitmap, rows));
      const sampleCount = countRows(bitmap);
      if (sampleCount === 0) throw sliceWouldBeEmpty(before.displayName);
      const slice: SliceWithRows = {
        ...before,
        ...filtered,
        bitmap,
        sampleCount,
        updateTime: new Date(),
        ...(change.displayName !== undefined && { displayName: displayName(change.displayName) }),
        ...(change.description !== undefined && { description: description(change.description) }),
      };
      await this.slices.update(slice);
      return slice;
    });
  }

  async delete(teamId: string, id: string): Promise<void> {
    const deleted =
      isUuid(id) && (await this.unitOfWork.run(teamId, () => this.slices.delete(id as SliceId)));
    if (!deleted) throw sliceNotFound(id);
  }

  /** The rows of a change as bitmaps of the whole population; `undefined` when it names none. */
  private async prepareRows(
    teamId: string,
    id: string,
    { add, remove }: SliceChange,
  ): Promise<RowChange | undefined> {
    if (add === undefined && remove === undefined) return undefined;
    const slice = await this.get(teamId, id);
    if (slice.filter !== '') throw sliceHasFilter(slice.displayName, slice.filter);
    const { ready } = await this.versions.getReady(teamId, slice.datasetVersionId);
    const population = ready.content.sampleCount;
    const toBitmap = (rows: RowSelection | undefined): Uint8Array =>
      packBitmap(rows === undefined ? new Int32Array() : selectRows(rows, population), population);
    const rows = { add: toBitmap(add), remove: toBitmap(remove) };
    const both = rows.add.findIndex((bits, at) => (bits & rows.remove[at]!) !== 0);
    if (both >= 0) throw rowAddedAndRemoved(8 * both + lowestBit(rows.add[both]! & rows.remove[both]!));
    return rows;
  }

  /** The new condition and the rows that meet it; `undefined` when the condition stays. */
  private async prepareFilter(
    teamId: string,
    id: string,
    { filter: requested }: SliceChange,
  ): Promise<Pick<SliceWithRows, 'filter' | 'bitmap'> | undefined> {
    if (requested === undefined) return undefined;
    const slice = await this.get(teamId, id);
    const filter = requested.trim();
    if (filter === slice.filter) return undefined;
    if (slice.filter === '') throw sliceHasRows(slice.displayName);
    if (filter === '') throw sliceFilterMissing(slice.displayName);
    const { content, samples } = (await this.versions.getReady(teamId, slice.datasetVersionId)).ready;
    const bitmap = await this.tables.matching(samples, sampleFilter(filter, content));
    if (countRows(bitmap) === 0) throw sliceEmpty(filter);
    return { filter, bitmap };
  }

  private need(id: string): Promise<SliceWithRows> {
    return findOrThrow(this.slices, id, sliceNotFound);
  }
}

function description(text: string): string {
  if (text.length > MAX_DESCRIPTION) throw descriptionTooLong(text.length, MAX_DESCRIPTION);
  return text;
}
