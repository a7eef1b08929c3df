import { type ArtifactRef, DomainError, type SplitName } from '@noema/kernel';
import type { ModelSource, StoredRow } from '../analysis/analysis.js';

/** The tensors of some rows that follow each other. */
export interface PopulationShard {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: ArtifactRef;
  readonly groundTruths?: ArtifactRef | undefined;
}

/** Which rows a split has. */
export interface SplitRange {
  readonly split: SplitName;
  readonly firstRow: number;
  readonly count: number;
}

/** An epoch of a run, and the samples that it can be asked about. */
export interface EpochPopulation extends ModelSource {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly sampleCount: number;
  readonly shards: readonly PopulationShard[];
  readonly splits: readonly SplitRange[];
  /** Layer with positions that is drawn at; empty for a model without such a layer. */
  readonly layer: string;
}

/** Everything that is made of some rows at an epoch. */
export interface RowsSource extends EpochPopulation {
  /** The rows that are explained, rising. */
  readonly rows: readonly number[];
}

/** The population narrowed to some rows: the other shards are left out. */
export function toSource(population: EpochPopulation, rows: readonly number[]): RowsSource {
  const holds = ({ firstRow, rowCount }: PopulationShard): boolean =>
    rows.some((row) => row >= firstRow && row < firstRow + rowCount);
  return { ...population, rows, shards: population.shards.filter(holds) };
}

/** Where a row's tensors lie. Throws `data-loss` ROW_WITHOUT_SHARD, ROW_WITHOUT_SPLIT. */
export function storedRow(
  { shards, splits, datasetVersionId }: Pick<EpochPopulation, 'shards' | 'splits' | 'datasetVersionId'>,
  row: number,
): StoredRow {
  const shard = shards.find(({ firstRow, rowCount }) => row >= firstRow && row < firstRow + rowCount);
  if (shard === undefined)
    throw new DomainError(
      'data-loss',
      'ROW_WITHOUT_SHARD',
      `dataset version "${datasetVersionId}" has no shard with row ${row}; ingest it again`,
    );
  const range = splits.find(({ firstRow, count }) => row >= firstRow && row < firstRow + count);
  if (range === undefined)
    throw new DomainError(
      'data-loss',
      'ROW_WITHOUT_SPLIT',
      `row ${row} of dataset version "${datasetVersionId}" is in no split; ingest it again`,
    );
  return {
    split: range.split,
    row,
    shardRow: row - shard.firstRow,
    inputs: shard.inputs,
    groundTruths: shard.groundTruths,
  };
}

/** All of the rows, or `most` of them at even distances. */
export function evenly(rows: ArrayLike<number>, most: number): number[] {
  const count = Math.min(rows.length, most);
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
}
