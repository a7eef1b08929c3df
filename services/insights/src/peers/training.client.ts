import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef, findTask } from '@noema/contracts';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { everyPage } from '@noema/grpc';
import { ServiceClients } from '@noema/host';
import { type ArtifactRef, asDomainError, type Task } from '@noema/kernel';

/** A run as a search refers to it. */
export interface SearchedRun {
  readonly id: string;
  readonly projectId: string;
  readonly datasetVersionId: string;
  readonly modelVersionId: string;
  readonly task: Task | undefined;
  /** Of the model, the evaluated one first; empty for runs from before they were recorded. */
  readonly outputNames: readonly string[];
  readonly hasSucceeded: boolean;
  /** Number of durable epochs. */
  readonly epochsDone: number;
}

/** An epoch of a run with its evaluation, if it has one. */
export interface SearchedEpoch {
  readonly epoch: number;
  readonly evaluation: ArtifactRef | undefined;
  /** True for a recorded epoch that never gets vectors. */
  readonly isPartial: boolean;
}

/** Queries the training service for runs and their epochs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Throws `not-found` RUN_NOT_FOUND. */
  async getRun(teamId: string, runId: string): Promise<SearchedRun> {
    const run = (await this.clients.of(RunService, teamId).getRun({ runId })).run!;
    return {
      id: run.id,
      projectId: run.projectId,
      datasetVersionId: run.datasetVersionId,
      modelVersionId: run.modelVersionId,
      task: findTask(run.task),
      outputNames: run.objectives.map(({ output }) => output),
      hasSucceeded: run.state === RunState.SUCCEEDED,
      epochsDone: run.epochsDone,
    };
  }

  /** Returns the epochs in their order. */
  async listEpochs(teamId: string, runId: string): Promise<SearchedEpoch[]> {
    const epochs = await everyPage(
      (page) => this.clients.of(EpochService, teamId).listEpochs({ runId, ...page }),
      (response) => response.epochs,
    );
    return epochs.map(({ epoch, evaluation, partialReason }) => ({
      epoch,
      evaluation: evaluation && parseArtifactRef(evaluation, `evaluation of epoch ${epoch}`),
      isPartial: partialReason !== '',
    }));
  }

  /** Throws `not-found` OUTPUT_NOT_FOUND, `data-loss` for a damaged file, if the evaluation lacks an output. */
  async checkOutput(
    teamId: string,
    of: { readonly runId: string; readonly epoch: number; readonly output: string },
  ): Promise<void> {
    await this.clients.of(EvaluationService, teamId).listSampleEvaluations({ ...of, rows: [0] });
  }

  /** Returns the id of the model of a version, or the id of a deleted version. */
  async findModel(teamId: string, modelVersionId: string): Promise<string> {
    try {
      const { modelVersion } = await this.clients
        .of(ModelService, teamId)
        .getModelVersion({ modelVersionId });
      return modelVersion!.modelId;
    } catch (error) {
      if (asDomainError(error).kind !== 'not-found') throw error;
      return modelVersionId;
    }
  }
}
