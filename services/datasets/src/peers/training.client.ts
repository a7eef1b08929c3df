import { Inject, Injectable } from '@nestjs/common';
import { findTask, parseSplit } from '@noema/contracts';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import type { SampleObject } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { ServiceClients } from '@noema/host';
import type { Task } from '@noema/kernel';
import type { ObjectPicture, ObjectSource, PictureObject } from '../sample-object/sample-object.js';

/** A run after an epoch. */
export interface EvaluatedRun {
  readonly projectId: string;
  readonly displayName: string;
  readonly datasetVersionId: string;
  readonly epoch: number;
  /** Tasks of the outputs in order, with the name of each output; the first one is named ''. */
  readonly outputs: readonly { readonly output: string; readonly task: Task | undefined }[];
}

/** Queries the training service for runs and the objects that they predict. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Finds a run and its epoch, the last one for 0. Throws `not-found` RUN_NOT_FOUND, EPOCH_NOT_FOUND. */
  async findRun(teamId: string, runId: string, epoch: number): Promise<EvaluatedRun> {
    const { run } = await this.clients.of(RunService, teamId).getRun({ runId });
    const { epoch: found } = await this.clients.of(EpochService, teamId).getEpoch({ runId, epoch });
    const { projectId, displayName, datasetVersionId, task, objectives } = run!;
    return {
      projectId,
      displayName,
      datasetVersionId,
      epoch: found!.epoch,
      outputs: [
        { output: '', task: findTask(task) },
        ...objectives.slice(1).map((one) => ({ output: one.output, task: findTask(one.task) })),
      ],
    };
  }

  /** Lists the objects of the pictures of some rows, at most 1,000, in ascending order. */
  async listObjects(
    teamId: string,
    { runId, epoch, output }: ObjectSource,
    rows: readonly number[],
  ): Promise<ObjectPicture[]> {
    const { evaluations } = await this.clients.of(EvaluationService, teamId).listSampleEvaluations({
      runId,
      epoch,
      output,
      rows: [...rows],
      orderBy: 'row',
      pageSize: rows.length,
    });
    return evaluations.map(({ row, sample, trueObjects, predictedObjects }) => ({
      row,
      split: parseSplit(sample!.split),
      sampleId: sample!.sampleId,
      truths: trueObjects.map(toObject),
      predictions: predictedObjects.map(toObject),
    }));
  }
}

const toObject = ({
  x,
  y,
  width,
  height,
  classIndex,
  className,
  score,
  outcome,
}: SampleObject): PictureObject => ({ x, y, width, height, classIndex, className, score, outcome });
