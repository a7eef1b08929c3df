import {
  type ArtifactRef,
  decodePageToken,
  encodePageToken,
  type FieldType,
  Filter,
  labelAlias,
  pageSize,
  parseOrderBy,
  type RowSelection,
  rowsOf,
  SPLIT_FIELD,
  type SplitName,
} from '@noema/kernel';
import { metadataColumn, SAMPLE_COLUMNS as COLUMNS } from '@noema/population/rules';
import type { DatasetContent } from '../dataset-version/dataset-version.js';
import { sampleNotFound } from '../dataset-version/dataset-version.errors.js';
import type { Datasets } from '../dataset-version/dataset-version.service.js';
import {
  type ColumnComparison,
  type ComparedColumn,
  type MetadataDifference,
  ranked,
} from './metadata-difference.js';
import type { Sample } from './sample.js';
import type { SampleFields, SampleTables } from './sample.ports.js';
import type { Shards } from '../dataset-version/shards.js';
import type { Visual, Visuals } from '../visual/visual.ports.js';
import { visualizerOf } from '../visual/visualizer.js';

export interface SampleListRequest {
  readonly filter: string;
  readonly orderBy: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly rows: readonly number[];
}

/** The samples of ready dataset versions. */
export class Samples {
  constructor(
    private readonly ports: {
      readonly datasets: Datasets;
      readonly shards: Shards;
      readonly tables: SampleTables;
      readonly visuals: Visuals;
    },
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
    const { ready, id } = await this.ports.datasets.getReady(teamId, versionId);
    const fields = fieldsOf(ready.content);
    const query = { id, filter: request.filter, orderBy: request.orderBy, rows: request.rows };
    const offset = Number(decodePageToken(query, request.pageToken, ['count'])?.[0] ?? 0);
    const limit = pageSize(request.pageSize);
    const { label } = labelAlias(fields);
    const order = parseOrderBy(request.orderBy, [...fields.keys(), 'label']);
    const page = await this.ports.tables.query(ready.samples, {
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
    const { ready } = await this.ports.datasets.getReady(teamId, versionId);
    return this.find(ready.samples, { split, sampleId });
  }

  /**
   * What a visualizer made of a sample; `default` is the first. Throws `not-found` SAMPLE_NOT_FOUND,
   * VISUALIZER_NOT_FOUND.
   */
  async visual(
    teamId: string,
    versionId: string,
    address: { readonly split: SplitName; readonly sampleId: string; readonly visualizer: string },
  ): Promise<Visual> {
    const version = await this.ports.datasets.getReady(teamId, versionId);
    const { ready } = version;
    const { name } = visualizerOf(ready.content, address.visualizer);
    const sample = await this.find(ready.samples, address);
    const shard = await this.ports.shards.of(teamId, version, sample.row);
    return this.ports.visuals.get(shard, name, sample.row - shard.firstRow);
  }

  /**
   * How the metadata of some rows differ from those of the rest, see `ranked`. Throws what `rowsOf` throws.
   */
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
    } = await this.ports.datasets.getReady(teamId, versionId);
    const [rows, population] = [rowsOf(selection, content.sampleCount), content.sampleCount];
    const columns: ColumnComparison[] = [];
    for (const column of comparedOf(content)) {
      signal.throwIfAborted();
      columns.push(await this.ports.tables.compare(samples, column, { rows, population }));
    }
    return { columns: ranked(columns), selected: rows.length, rest: population - rows.length };
  }

  private async find(
    table: ArtifactRef,
    { split, sampleId }: { readonly split: SplitName; readonly sampleId: string },
  ): Promise<Sample> {
    const sample = await this.ports.tables.find(table, split, sampleId);
    if (sample === undefined) throw sampleNotFound(split, sampleId);
    return sample;
  }
}

/** The columns that selections of this content are compared in, with the fields that hold them. */
const comparedOf = ({
  classNames,
  metadataColumns,
}: DatasetContent): (ComparedColumn & { readonly field: string })[] => [
  { name: COLUMNS.split, field: COLUMNS.split, type: 'string' },
  ...(classNames.length === 0
    ? []
    : [{ name: COLUMNS.className, field: COLUMNS.className, type: 'string' } as const]),
  ...metadataColumns.map(({ name, type }) => ({ name, field: metadataColumn(name), type })),
];

/** A condition over samples of this content. Throws `invalid` FILTER_INVALID, FILTER_TOO_MANY_CONDITIONS. */
export function sampleFilter(text: string, content: DatasetContent): Filter {
  const fields = fieldsOf(content);
  return Filter.of(text, fields, labelAlias(fields));
}

/** The fields that samples of this content may be filtered and sorted by. */
function fieldsOf(content: DatasetContent): SampleFields {
  const own: [string, FieldType][] = [
    [COLUMNS.row, 'number'],
    [COLUMNS.split, SPLIT_FIELD],
    [COLUMNS.sampleId, 'string'],
    [COLUMNS.classIndex, 'number'],
    [COLUMNS.className, 'string'],
  ];
  return new Map([
    ...own,
    ...content.metadataColumns.map(({ name, type }): [string, FieldType] => [metadataColumn(name), type]),
  ]);
}
