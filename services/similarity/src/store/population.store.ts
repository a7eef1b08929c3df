import { type ArtifactStore, readTable, type Table, type TableColumn } from '@noema/artifacts';
import {
  type ArtifactRef,
  DomainError,
  type FieldReader,
  type FieldType,
  Filter,
  labelAlias,
  LruCache,
  type SampleAddress,
  SPLIT_FIELD,
  type SplitName,
} from '@noema/kernel';
import { sampleNotFound } from '../domain/similarity.errors.js';
import type { Population, PopulationReader } from '../domain/similarity.ports.js';

/** Where the table of a dataset version's samples is. */
export interface SampleTables {
  of(teamId: string, datasetVersionId: string): Promise<ArtifactRef>;
}

/** Versions whose tables stay in memory. */
const KEPT = 4;
const FILTER_TYPES = {
  string: 'string',
  int32: 'number',
  int64: 'number',
  float32: 'number',
  float64: 'number',
  boolean: 'boolean',
} as const;
const OWN = new Set(['row', 'shard', 'split', 'sample_id', 'class_name', 'class_index']);

/**
 * Populations from the Parquet tables of the datasets service; versions are immutable, so they are read once.
 */
export class ParquetPopulations implements PopulationReader {
  private readonly kept = new LruCache<Population>(KEPT);

  constructor(
    private readonly store: ArtifactStore,
    private readonly tables: SampleTables,
  ) {}

  open(teamId: string, datasetVersionId: string): Promise<Population> {
    return this.kept.get(`${teamId}/${datasetVersionId}`, () => this.load(teamId, datasetVersionId));
  }

  private async load(teamId: string, datasetVersionId: string): Promise<Population> {
    return new TablePopulation(
      await readTable(await this.store.get(await this.tables.of(teamId, datasetVersionId))),
    );
  }
}

class TablePopulation implements Population {
  readonly size: number;
  private readonly columns: ReadonlyMap<string, TableColumn>;
  private readonly rowsByAddress = new Map<string, number>();

  constructor(table: Table) {
    this.size = table.rows;
    this.columns = new Map(table.columns.map((column) => [fieldOf(column.name), column]));
    for (let row = 0; row < this.size; row++) this.rowsByAddress.set(keyOf(this.addressOf(row)), row);
  }

  rowOf(sample: SampleAddress): number {
    const row = this.rowsByAddress.get(keyOf(sample));
    if (row === undefined) throw sampleNotFound(sample.split, sample.sampleId);
    return row;
  }

  addressOf(row: number): SampleAddress {
    return {
      split: this.column('split').values[row] as SplitName,
      sampleId: String(this.column('sample_id').values[row]),
    };
  }

  async matching(splits: readonly SplitName[], text: string, signal: AbortSignal): Promise<Uint8Array> {
    const fields = new Map(
      [...this.columns].map(([name, column]): [string, FieldType] => [
        name,
        name === 'split' ? SPLIT_FIELD : FILTER_TYPES[column.type],
      ]),
    );
    const mask = await Filter.of(text, fields, labelAlias(fields)).rows(
      this.size,
      (name) => this.reader(name),
      signal,
    );
    const { values } = this.column('split');
    if (splits.length > 0)
      mask.forEach((_, row) => {
        if (!splits.includes(values[row] as SplitName)) mask[row] = 0;
      });
    return mask;
  }

  private reader(name: string): FieldReader {
    const { values } = this.column(name);
    // A sample without a class has an empty name there.
    return name === 'class_name' ? (row) => values[row] || undefined : (row) => values[row];
  }

  private column(name: string): TableColumn {
    const column = this.columns.get(name);
    if (column === undefined)
      throw new DomainError(
        'data-loss',
        'SAMPLES_INVALID',
        `the table of samples has no column "${name}"; ingest the dataset again`,
      );
    return column;
  }
}

/** Filters say `metadata.<name>` whether the table's column has the prefix or not. */
const fieldOf = (column: string): string =>
  OWN.has(column) || column.startsWith('metadata.') ? column : `metadata.${column}`;

const keyOf = ({ split, sampleId }: SampleAddress): string => `${split}\n${sampleId}`;
