import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, type Port, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { datasetVersionNotFound } from '../dataset-version/dataset-version.errors.js';
import { DatasetVersionRepository } from '../dataset-version/dataset-version.repository.js';
import { TrainingClient } from '../peers/training.client.js';
import { findPictureForm } from './crop.js';
import { classNamesMissing, picturesMissing, runNotDetection, runNotFound } from './sample-object.errors.js';
import type { ObjectSource } from './sample-object.js';

/** Finds the objects that a run of a detection found. */
@Injectable()
export class SampleObjectService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetVersionRepository) private readonly versions: Pick<DatasetVersionRepository, 'find'>,
    @Inject(TrainingClient) private readonly training: Pick<Port<TrainingClient>, 'findRun'>,
  ) {}

  /**
   * The objects of a run after an epoch, the last one for 0, of its first output that predicts objects. Throws
   * `not-found` RUN_NOT_FOUND, EPOCH_NOT_FOUND, DATASET_VERSION_NOT_FOUND, `precondition` RUN_NOT_DETECTION,
   * PICTURES_MISSING, CLASS_NAMES_MISSING.
   */
  async find(
    teamId: string,
    projectId: string,
    { runId, epoch }: Pick<ObjectSource, 'runId' | 'epoch'>,
  ): Promise<{ readonly source: ObjectSource; readonly displayName: string }> {
    const run = await this.training.findRun(teamId, runId, epoch);
    if (run.projectId !== projectId) throw runNotFound(runId);
    const { datasetVersionId, outputs } = run;
    const detection = outputs.find(({ task }) => task === 'detection');
    if (detection === undefined) throw runNotDetection(runId, outputs[0]?.task ?? 'unknown');
    const version = await this.unitOfWork.run(teamId, () =>
      findOrThrow(this.versions, datasetVersionId, datasetVersionNotFound),
    );
    const { inputs = [], classNames = [] } = version.ready?.content ?? {};
    if (inputs.length !== 1 || findPictureForm(inputs[0]!) === undefined)
      throw picturesMissing(datasetVersionId, inputs);
    if (classNames.length === 0) throw classNamesMissing(datasetVersionId);
    return {
      source: { runId, epoch: run.epoch, output: detection.output, datasetVersionId },
      displayName: `objects of ${run.displayName}`,
    };
  }
}
