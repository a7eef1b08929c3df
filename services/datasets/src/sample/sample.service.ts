import { Inject, Injectable } from '@nestjs/common';
import {
  type ArtifactRef,
  decodePageToken,
  encodePageToken,
  labelAlias,
  pageSize,
  parseOrderBy,
  type Port,
  type RowSelection,
  selectRows,
  type SplitName,
} from '@noema/kernel';
import { metadataColumn, SAMPLE_COLUMNS as COLUMNS } from '@noema/population/rules';
import { sampleNotFound } from '../dataset-version/dataset-version.errors.js';
import type { DatasetContent } from '../dataset-version/dataset-version.js';
import { DatasetVersionService } from '../dataset-version/dataset-version.service.js';
import { ShardCache } from '../dataset-version/shard.cache.js';
import type { Visual } from '../visual/visual.js';
import { VisualStore } from '../visual/visual.store.js';
import { findVisualizer } from '../visual/visualizer.js';
import {
  type ColumnComparison,
  type ComparedColumn,
  type MetadataDifference,
  ranked,
} from './metadata-difference.js';
import { SampleTableStore } from './sample-table.store.js';
import { sampleFields, sampleFilter } from './sample.filter.js';
import type { Sample } from './sample.js';

export interface SampleListRequest {
  readonly filter: string;
  readonly orderBy: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly rows: readonly number[];
}

/** The samples of ready dataset versions. */
@Injectable()
export class SampleService {
  constructor(
    @Inject(DatasetVersionService) private readonly versions: Pick<DatasetVersionService, 'getReady'>,
    @Inject(ShardCache) private readonly shards: Port<ShardCache>,
    @Inject(SampleTableStore) private readonly tables: Pick<SampleTableStore, 'query' | 'find' | 'compare'>,
    @Inject(VisualStore) private readonly visuals: Pick<VisualStore, 'get'>,
  ) {}

  /**
   * One page, with the number of all samples that match. Throws `invalid` FILTER_INVALID, ORDER_BY_INVALID,
   * PAGE_TOKEN_INVALID.
   */
  async list(
    teamId: string,
    versionId: string,
    request: SampleListRequest,
  ): Promise<{
    readonly samples: readonly Sample[];
    readonly nextPageToken: string;
    readonly total: number;
  }> {
    const { ready, id } = await this.versions.getReady(teamId, versionId);
    const fields = sampleFields(ready.content);
    const query = { id, filter: request.filter, orderBy: request.orderBy, rows: request.rows };
    const offset = Number(decodePageToken(query, request.pageToken, ['count'])?.[0] ?? 0);
    const limit = pageSize(request.pageSize);
    const { label } = labelAlias(fields);
    const order = parseOrderBy(request.orderBy, [...fields.keys(), 'label']);
    const page = await this.tables.query(ready.samples, {
      filter: sampleFilter(request.filter, ready.content),
      order: order && { ...order, field: order.field === 'label' ? label : order.field },
      rows: request.rows,
      offset,
      limit,
    });
    const end = offset + page.samples.length;
    return {
      samples: page.samples,
      total: page.total,
      nextPageToken: end < page.total ? encodePageToken(query, [end]) : '',
    };
  }

  /** Throws `not-found` SAMPLE_NOT_FOUND. */
  async get(teamId: string, versionId: string, split: SplitName, sampleId: string): Promise<Sample> {
    const { ready } = await this.versions.getReady(teamId, versionId);
    return this.find(ready.samples, { split, sampleId });
  }

  /**
   * Returns the output of a visualizer for a sample; `default` is the first visualizer. Throws `not-found`
   * SAMPLE_NOT_FOUND, VISUALIZER_NOT_FOUND.
   */
  async visual(
    teamId: string,
    versionId: string,
    address: { readonly split: SplitName; readonly sampleId: string; readonly visualizer: string },
  ): Promise<Visual> {
    const version = await this.versions.getReady(teamId, versionId);
    const { ready } = version;
    const { name } = findVisualizer(ready.content, address.visualizer);
    const sample = await this.find(ready.samples, address);
    const shard = await this.shards.get(teamId, version, sample.row);
    return this.visuals.get(shard, name, sample.row - shard.firstRow);
  }

  /** Compares the metadata of some rows with the rest, see `ranked`. Throws what `selectRows` throws. */
  async compare(
    teamId: string,
    versionId: string,
    selection: RowSelection | undefined,
    signal: AbortSignal,
  ): Promise<{
    readonly columns: readonly MetadataDifference[];
    readonly selected: number;
    readonly rest: number;
  }> {
    const {
      ready: { content, samples },
    } = await this.versions.getReady(teamId, versionId);
    const [rows, population] = [selectRows(selection, content.sampleCount), content.sampleCount];
    const columns: ColumnComparison[] = [];
    for (const column of listComparedColumns(content)) {
      signal.throwIfAborted();
      columns.push(await this.tables.compare(samples, column, { rows, population }));
    }
    return { columns: ranked(columns), selected: rows.length, rest: population - rows.length };
  }

  private async find(
    table: ArtifactRef,
    { split, sampleId }: { readonly split: SplitName; readonly sampleId: string },
  ): Promise<Sample> {
    const sample = await this.tables.find(table, split, sampleId);
    if (sample === undefined) throw sampleNotFound(split, sampleId);
    return sample;
  }
}

/** The columns that selections of this content are compared in, with the fields that hold them. */
const listComparedColumns = ({
  classNames,
  metadataColumns,
}: DatasetContent): (ComparedColumn & { readonly field: string })[] => [
  { name: COLUMNS.split, field: COLUMNS.split, type: 'string' },
  ...(classNames.length === 0
    ? []
    : [{ name: COLUMNS.className, field: COLUMNS.className, type: 'string' } as const]),
  ...metadataColumns.map(({ name, type }) => ({ name, field: metadataColumn(name), type })),
];
