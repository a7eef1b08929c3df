import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { ReadyDatasetVersion } from '../dataset-version/dataset-version.js';
import { DatasetVersionRepository } from '../dataset-version/dataset-version.repository.js';

/** Returns the numbers of the picture in a row, a view that the next call may replace. */
export type ReadPicture = (row: number) => Promise<Float32Array>;

/** Reads pictures of dataset versions from the artifact store. */
@Injectable()
export class PictureReader {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetVersionRepository) private readonly versions: Pick<DatasetVersionRepository, 'shard'>,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
  ) {}

  /** Opens the only input of a version. One shard is in memory at a time. */
  open(teamId: string, { id, shardSize, ready }: ReadyDatasetVersion): ReadPicture {
    const { name } = ready.content.inputs[0]!;
    let held:
      | {
          readonly index: number;
          readonly firstRow: number;
          readonly numbers: Float32Array;
          readonly size: number;
        }
      | undefined;
    return async (row) => {
      const index = Math.floor(row / shardSize);
      if (held?.index !== index) {
        held = undefined;
        const { inputs, firstRow, rowCount } = await this.unitOfWork.run(teamId, () =>
          this.versions.shard(id, index),
        );
        const numbers = readMatrix(await this.store.get(inputs)).float32(name).data;
        held = { index, firstRow, numbers, size: numbers.length / rowCount };
      }
      const { numbers, firstRow, size } = held;
      return numbers.subarray((row - firstRow) * size, (row - firstRow + 1) * size);
    };
  }
}
