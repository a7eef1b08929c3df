import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, type MatrixFile, readMatrix } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { ReadyDatasetVersion } from '../dataset-version/dataset-version.js';
import { DatasetVersionRepository } from '../dataset-version/dataset-version.repository.js';

/** A stored picture. */
export interface StoredPicture {
  readonly numbers: Float32Array;
  /** For numbers that are bytes / divisor. */
  readonly divisor: number | undefined;
}

/** Returns the picture in a row. */
export type ReadPicture = (row: number) => Promise<StoredPicture>;

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
    let held: { readonly index: number; readonly firstRow: number; readonly file: MatrixFile } | undefined;
    return async (row) => {
      const index = Math.floor(row / shardSize);
      if (held?.index !== index) {
        held = undefined;
        const shard = await this.unitOfWork.run(teamId, () => this.versions.shard(id, index));
        held = { index, firstRow: shard.firstRow, file: readMatrix(await this.store.get(shard.inputs)) };
      }
      const { file, firstRow } = held;
      const { data } = file.float32Rows(name, row - firstRow, row - firstRow + 1);
      return { numbers: data, divisor: file.column(name).divisor };
    };
  }
}
