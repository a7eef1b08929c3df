import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { OutputObjective, Run } from '@noema/contracts/noema/training/v1/run';
import type { Task } from '@noema/contracts/noema/type/v1/task';
import { countBits } from './bit-mask.js';

/**
 * Which rows of a map are of other data that were placed in it: row `firstRow` + i is row i of
 * `datasetVersionId`.
 */
export interface PlacedRows {
  readonly firstRow: number;
  readonly datasetVersionId: string;
}

/** A row of a dataset version. */
export interface OwnedRow {
  readonly datasetVersionId: string;
  readonly row: number;
  readonly isPlaced: boolean;
}

/** Finds the data to which a row of a map belongs, and its row in them. */
export function findOwner(
  {
    datasetVersionId,
    placed,
  }: { readonly datasetVersionId: string; readonly placed?: PlacedRows | undefined },
  row: number,
): OwnedRow {
  return placed === undefined || row < placed.firstRow
    ? { datasetVersionId, row, isPlaced: false }
    : { datasetVersionId: placed.datasetVersionId, row: row - placed.firstRow, isPlaced: true };
}

/** The fields of a dataset version on which the columns of a population depend. */
export type Described = Pick<DatasetVersion, 'classNames' | 'metadataColumns' | 'splits'> & {
  /** Metrics that the integration of the data computes. */
  readonly metricNames?: readonly string[];
  readonly hasOrigin?: boolean;
  /** Columns of the changes from one version to another. */
  readonly changes?: readonly string[];
  readonly evaluated?: Evaluated;
};

/** The evaluation of a run: its task, and whether it is compared with ground truth of how many numbers. */
export interface Evaluated {
  readonly task: Task;
  readonly isCompared: boolean;
  readonly targetSize: number;
  /** Outputs of a model with several, the first one first; absent for a model with one. */
  readonly outputs?: readonly EvaluatedOutput[];
}

/** One of several outputs of a model. */
export interface EvaluatedOutput {
  readonly name: string;
  readonly task: Task;
  /** Numbers of its ground truth. */
  readonly targetSize: number;
}

const countNumbers = (truth: DatasetVersion['groundTruths'][number] | undefined): number =>
  (truth?.dims ?? []).reduce((size, dim) => size * dim, 1);

/** Properties of a run that decide which columns it has. */
export interface EvaluatingRun extends Pick<Run, 'task' | 'noLossReason'> {
  readonly objectives: readonly Pick<OutputObjective, 'output' | 'task'>[];
}

/** A dataset version with what a run says about it. */
export const evaluatedBy = (
  version: DatasetVersion,
  { task, noLossReason, objectives }: EvaluatingRun,
): Described => ({
  ...version,
  evaluated: {
    task,
    isCompared: noLossReason === '',
    targetSize: countNumbers(version.groundTruths[0]),
    ...(objectives.length > 1 && {
      outputs: objectives.map(({ output: name, task: own }, at) => ({
        name,
        task: own,
        // Truths are matched by name, or else by position.
        targetSize: countNumbers(
          version.groundTruths.find((truth) => truth.name === name) ?? version.groundTruths[at],
        ),
      })),
    }),
  },
});

/**
 * A population that other data were placed in: the classes and metadata of both, its own first; `other` is
 * left out until it is known.
 */
export function describeBoth(own: Described, other: Described | undefined): Described {
  const known = new Set(own.metadataColumns.map(({ name }) => name));
  return {
    ...(own.evaluated && { evaluated: own.evaluated }),
    ...(own.metricNames && { metricNames: own.metricNames }),
    classNames: [...new Set([...own.classNames, ...(other?.classNames ?? [])])],
    splits: own.splits,
    hasOrigin: true,
    metadataColumns: [
      ...own.metadataColumns,
      ...(other?.metadataColumns ?? []).filter(({ name }) => !known.has(name)),
    ],
  };
}

/** The part of a bitmap of rows that lies before a row, and how many rows it has. */
export function rowsBefore(
  bitmap: Uint8Array,
  firstRow: number,
): { readonly bitmap: Uint8Array; readonly count: number } {
  const before = bitmap.slice(0, Math.ceil(firstRow / 8));
  if (firstRow % 8 !== 0)
    before[before.length - 1] = before[before.length - 1]! & ((1 << (firstRow % 8)) - 1);
  return { bitmap: before, count: countBits(before) };
}
