import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Inject, Injectable } from '@nestjs/common';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { type Run, RunState } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';
import { type InsightReader, RunInsights, RunSamples, type RunSamplesOptions } from '@noema/judging';
import { asDomainError } from '@noema/kernel';

/** A run as suites of tests refer to it. */
export interface JudgedRun {
  readonly id: string;
  readonly projectId: string;
  readonly modelVersionId: string;
  readonly hasSucceeded: boolean;
  /** Epoch that is judged. */
  readonly epoch: number;
  readonly lastEpoch: number;
  readonly createTime: Date;
}

/** A run whose evaluations and insights can be read. */
export interface OpenRun {
  readonly run: JudgedRun;
  readonly samples: RunSamples;
  readonly insights: RunInsights;
}

/** Queries the training service for runs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Throws `not-found` RUN_NOT_FOUND. */
  async getRun(teamId: string, runId: string): Promise<JudgedRun> {
    return toJudgedRun(await this.readRun(teamId, runId));
  }

  /**
   * Returns a run with readers of its evaluations and insights after an epoch, the last one by default. Throws
   * `not-found` RUN_NOT_FOUND.
   */
  async openRun(teamId: string, runId: string, options: RunSamplesOptions): Promise<OpenRun> {
    const run = await this.readRun(teamId, runId);
    const evaluations = this.clients.of(EvaluationService, teamId);
    const samples = new RunSamples({ evaluations }, run, options);
    const insights = new RunInsights(this.insightReader(teamId), run, samples.epoch, options.signal);
    return { run: { ...toJudgedRun(run), epoch: samples.epoch }, samples, insights };
  }

  /**
   * Returns, of the runs of the same model that succeeded and were created before a run, the id of the newest one.
   */
  async findPreviousRun(teamId: string, run: JudgedRun): Promise<string | undefined> {
    const runs = this.clients.of(RunService, teamId);
    const versions = await this.listVersions(teamId, run.modelVersionId);
    const query = {
      projectId: run.projectId,
      filter: `state = RUN_STATE_SUCCEEDED AND create_time < "${run.createTime.toISOString()}"`,
      orderBy: 'create_time desc',
      pageSize: 1000,
    };
    for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
      const page = await runs.listRuns({ ...query, pageToken });
      const previous = page.runs.find(({ modelVersionId }) => versions.has(modelVersionId));
      if (previous !== undefined) return previous.id;
      pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
    }
    return undefined;
  }

  /** Connects to the insights service when a test needs it. */
  private insightReader(teamId: string): InsightReader {
    const { clients } = this;
    return {
      get insightSearches() {
        return clients.of(InsightSearchService, teamId);
      },
      get insights() {
        return clients.of(InsightService, teamId);
      },
      get samples() {
        return clients.of(SampleService, teamId);
      },
    };
  }

  private async readRun(teamId: string, runId: string): Promise<Run> {
    return (await this.clients.of(RunService, teamId).getRun({ runId })).run!;
  }

  /** Returns the ids of all versions of the model of a version; of a deleted version its own id. */
  private async listVersions(teamId: string, modelVersionId: string): Promise<ReadonlySet<string>> {
    const models = this.clients.of(ModelService, teamId);
    const versions = new Set([modelVersionId]);
    try {
      const { modelId } = (await models.getModelVersion({ modelVersionId })).modelVersion!;
      for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
        const page = await models.listModelVersions({ modelId, pageSize: 1000, pageToken });
        for (const { id } of page.modelVersions) versions.add(id);
        pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
      }
    } catch (error) {
      if (asDomainError(error).kind !== 'not-found') throw error;
    }
    return versions;
  }
}

const toJudgedRun = (run: Run): JudgedRun => ({
  id: run.id,
  projectId: run.projectId,
  modelVersionId: run.modelVersionId,
  hasSucceeded: run.state === RunState.SUCCEEDED,
  epoch: run.epochsDone,
  lastEpoch: run.epochsDone,
  createTime: timestampDate(run.createTime!),
});
