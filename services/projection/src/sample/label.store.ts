import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, type MatrixColumn, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { DomainError } from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';

/** Class of every sample: names in order and int32 [n], −1 for none. */
export interface Labels {
  readonly classNames: readonly string[];
  readonly classes: Int32Array;
}

/**
 * Classes from the ground truths of a dataset version: one-hot [rows, classes], or the number of the class
 * [rows] or [rows, 1]; none where samples have several.
 */
@Injectable()
export class LabelStore {
  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version' | 'shards'>,
  ) {}

  async read(teamId: string, datasetVersionId: string, sampleCount: number): Promise<Labels> {
    const [{ classNames }, shards] = await Promise.all([
      this.datasets.version(teamId, datasetVersionId),
      this.datasets.shards(teamId, datasetVersionId),
    ]);
    const classes = new Int32Array(new SharedArrayBuffer(4 * sampleCount)).fill(-1);
    let [row, single] = [0, true];
    for (const { rowCount, groundTruths } of shards) {
      if (groundTruths !== undefined && classNames.length > 0) {
        const column = readMatrix(await this.store.get(groundTruths)).columns.find((c) =>
          isLabel(c, classNames.length),
        );
        for (let i = 0; column !== undefined && i < rowCount; i++) {
          classes[row + i] = findClass(column, i, classNames.length);
          single &&= isSingle(column, i);
        }
      }
      row += rowCount;
    }
    if (row !== sampleCount)
      throw new DomainError(
        'data-loss',
        'SHARDS_SHAPE',
        `the shards of dataset version ${datasetVersionId} have ${row} rows, not ${sampleCount}`,
      );
    if (!single) classes.fill(-1);
    return { classNames, classes };
  }
}

const countWidth = ({ dims }: MatrixColumn): number => dims.reduce((product, dim) => product * dim, 1);

const isLabel = (column: MatrixColumn, classCount: number): boolean =>
  countWidth(column) === classCount || countWidth(column) === 1;

/**
 * False for a row of several labels or none, whose numbers do not sum to 1; rows without ground truth are
 * NaN.
 */
function isSingle(column: MatrixColumn, row: number): boolean {
  const width = countWidth(column);
  if (width === 1) return true;
  let sum = 0;
  for (let at = row * width; at < (row + 1) * width; at++) sum += column.data[at]!;
  return Number.isNaN(sum) || Math.abs(sum - 1) <= 1e-3;
}

function findClass(column: MatrixColumn, row: number, classCount: number): number {
  const width = countWidth(column);
  if (width === 1) {
    const value = column.data[row]!;
    // Of one class alone a one-hot row is [1], the number of the class 0.
    if (classCount === 1) return value === 0 || value === 1 ? 0 : -1;
    return Number.isInteger(value) && value >= 0 && value < classCount ? value : -1;
  }
  let best = -1;
  let most = 0;
  for (let c = 0; c < width; c++) {
    const value = column.data[row * width + c]!;
    if (value > most) [best, most] = [c, value];
  }
  return best;
}
