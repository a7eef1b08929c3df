import {
  type Clock,
  displayName,
  isUuid,
  type Page,
  type PageQuery,
  type RowSelection,
  rowsOf,
  systemClock,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import type { Datasets } from '../dataset-version/dataset-version.service.js';
import type { SampleTables } from '../sample/sample.ports.js';
import { sampleFilter } from '../sample/sample.service.js';
import { bitmapOf, countOf, type Slice, type SliceDraft, type SliceId, type SliceWithRows } from './slice.js';
import {
  descriptionTooLong,
  sliceEmpty,
  sliceNotFound,
  sliceSourceAmbiguous,
  sliceSourceMissing,
} from './slice.errors.js';
import type { SliceRepository } from './slice.ports.js';

const MAX_DESCRIPTION = 10_000;

export interface SlicePorts {
  readonly unitOfWork: UnitOfWork;
  readonly datasets: Datasets;
  readonly tables: SampleTables;
  readonly repository: SliceRepository;
  readonly clock?: Clock;
}

export interface NewSlice {
  readonly displayName: string;
  readonly description: string;
  readonly selection?: RowSelection | undefined;
  readonly filter: string;
}

/** Named slices of dataset versions. */
export class Slices {
  constructor(private readonly ports: SlicePorts) {}

  /**
   * Finds the rows of a new slice, before anything is written. Throws `invalid` SLICE_SOURCE_MISSING,
   * SLICE_SOURCE_AMBIGUOUS, SLICE_EMPTY, FILTER_INVALID, and what `rowsOf` throws.
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
    } = await this.ports.datasets.getReady(teamId, versionId);
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
        ? bitmapOf(rowsOf(selection, population), population)
        : await this.ports.tables.matching(samples, sampleFilter(condition, content));
    const sampleCount = countOf(bitmap);
    if (sampleCount === 0) throw sliceEmpty(condition);
    return { ...about, sampleCount, bitmap };
  }

  /** Throws `exists` SLICE_NAME_TAKEN. */
  async create(
    { teamId, subject }: { readonly teamId: string; readonly subject: string },
    draft: SliceDraft,
  ): Promise<SliceWithRows> {
    const now = this.now();
    const slice: SliceWithRows = {
      ...draft,
      id: uuidv7() as SliceId,
      createdBy: subject,
      createdAt: now,
      updatedAt: now,
    };
    await this.ports.unitOfWork.run(teamId, () => this.ports.repository.insert(slice));
    return slice;
  }

  /** Throws `not-found` SLICE_NOT_FOUND, also for another team's. */
  get(teamId: string, id: string): Promise<SliceWithRows> {
    return this.ports.unitOfWork.run(teamId, () => this.need(id));
  }

  async list(
    teamId: string,
    versionId: string,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<Slice>> {
    const { id } = await this.ports.datasets.get(teamId, versionId);
    return this.ports.unitOfWork.run(teamId, () => this.ports.repository.list(id, query));
  }

  update(
    teamId: string,
    id: string,
    change: { readonly displayName?: string; readonly description?: string },
  ): Promise<Slice> {
    return this.ports.unitOfWork.run(teamId, async () => {
      const slice: Slice = {
        ...(await this.need(id)),
        updatedAt: this.now(),
        ...(change.displayName !== undefined && { displayName: displayName(change.displayName) }),
        ...(change.description !== undefined && { description: description(change.description) }),
      };
      await this.ports.repository.save(slice);
      return slice;
    });
  }

  async delete(teamId: string, id: string): Promise<void> {
    const deleted =
      isUuid(id) &&
      (await this.ports.unitOfWork.run(teamId, () => this.ports.repository.delete(id as SliceId)));
    if (!deleted) throw sliceNotFound(id);
  }

  private async need(id: string): Promise<SliceWithRows> {
    const slice = isUuid(id) ? await this.ports.repository.find(id) : undefined;
    if (slice === undefined) throw sliceNotFound(id);
    return slice;
  }

  private now(): Date {
    return (this.ports.clock ?? systemClock).now();
  }
}

function description(text: string): string {
  if (text.length > MAX_DESCRIPTION) throw descriptionTooLong(text.length, MAX_DESCRIPTION);
  return text;
}
