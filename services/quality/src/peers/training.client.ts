import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { type Run, RunState } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';
import { RunSamples, type RunSamplesOptions } from '@noema/judging';
import { asDomainError } from '@noema/kernel';

/** A run as suites of tests refer to it. */
export interface JudgedRun {
  readonly id: string;
  readonly projectId: string;
  readonly modelVersionId: string;
  readonly hasSucceeded: boolean;
  /** Last epoch. */
  readonly epoch: number;
  readonly createTime: Date;
}

/** A run whose evaluations can be read. */
export interface OpenRun {
  readonly run: JudgedRun;
  readonly samples: RunSamples;
}

/** Queries the training service for runs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Throws `not-found` RUN_NOT_FOUND. */
  async getRun(teamId: string, runId: string): Promise<JudgedRun> {
    return toJudgedRun(await this.readRun(teamId, runId));
  }

  /** Returns a run with a reader of its evaluations after the last epoch. Throws `not-found` RUN_NOT_FOUND. */
  async openRun(teamId: string, runId: string, options: RunSamplesOptions): Promise<OpenRun> {
    const run = await this.readRun(teamId, runId);
    const evaluations = this.clients.of(EvaluationService, teamId);
    return { run: toJudgedRun(run), samples: new RunSamples({ evaluations }, run, options) };
  }

  /**
   * Returns, of the runs of the same model that succeeded and were created before a run, the id of the newest one.
   */
  async findPreviousRun(teamId: string, run: JudgedRun): Promise<string | undefined> {
    const runs = this.clients.of(RunService, teamId);
    const findModel = this.modelFinder(teamId);
    const model = await findModel(run.modelVersionId);
    const query = {
      projectId: run.projectId,
      filter: `state = RUN_STATE_SUCCEEDED AND create_time < "${run.createTime.toISOString()}"`,
      orderBy: 'create_time desc',
      pageSize: 100,
    };
    for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
      const page = await runs.listRuns({ ...query, pageToken });
      for (const { id, modelVersionId } of page.runs)
        if ((await findModel(modelVersionId)) === model) return id;
      pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
    }
    return undefined;
  }

  private async readRun(teamId: string, runId: string): Promise<Run> {
    return (await this.clients.of(RunService, teamId).getRun({ runId })).run!;
  }

  /** Returns a function that returns the model of a version; a deleted version is a model of its own. */
  private modelFinder(teamId: string): (modelVersionId: string) => Promise<string> {
    const models = this.clients.of(ModelService, teamId);
    const found = new Map<string, Promise<string>>();
    const find = async (modelVersionId: string): Promise<string> => {
      try {
        return (await models.getModelVersion({ modelVersionId })).modelVersion!.modelId;
      } catch (error) {
        if (asDomainError(error).kind !== 'not-found') throw error;
        return modelVersionId;
      }
    };
    return (id) => {
      const model = found.get(id) ?? find(id);
      found.set(id, model);
      return model;
    };
  }
}

const toJudgedRun = (run: Run): JudgedRun => ({
  id: run.id,
  projectId: run.projectId,
  modelVersionId: run.modelVersionId,
  hasSucceeded: run.state === RunState.SUCCEEDED,
  epoch: run.epochsDone,
  createTime: timestampDate(run.createTime!),
});
