import { Inject } from '@nestjs/common';
import {
  type CreateDatasetVersionRequest,
  DatasetService,
  type DeleteDatasetVersionRequest,
  type GetDatasetVersionRequest,
  type ListDatasetVersionsRequest,
  type ListShardsRequest,
  type ScoreSamplesRequest,
} from '@noema/contracts/noema/datasets/v1/dataset_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { JobStore, jobMessage } from '@noema/jobs';
import { readPredictions, scoresMessage } from '../score/score.mapper.js';
import { ScoreService } from '../score/score.service.js';
import { datasetVersionMessage, shardMessage, wholeVersionMessage } from './dataset-version.mapper.js';
import { DatasetVersionService } from './dataset-version.service.js';

/** Serves noema.datasets.v1.DatasetService. */
@GrpcService(DatasetService)
export class DatasetVersionController implements Handlers<typeof DatasetService> {
  constructor(
    @Inject(DatasetVersionService) private readonly versions: DatasetVersionService,
    @Inject(ScoreService) private readonly scores: ScoreService,
    @Inject(JobStore) private readonly jobs: JobStore,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createDatasetVersion(request: CreateDatasetVersionRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    return this.commands.run(ctx, request, async () => {
      const version = await this.versions.create(teamId, request);
      return {
        datasetVersion: datasetVersionMessage(version),
        job: jobMessage('datasets', await this.jobs.get(teamId, version.jobId)),
      };
    });
  }

  async getDatasetVersion({ datasetVersionId }: GetDatasetVersionRequest, { principal }: CallContext) {
    return {
      datasetVersion: wholeVersionMessage(await this.versions.get(principal.teamId, datasetVersionId)),
    };
  }

  async listDatasetVersions(request: ListDatasetVersionsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.versions.list(principal.teamId, request.projectId, request);
    return { datasetVersions: items.map(datasetVersionMessage), nextPageToken };
  }

  async deleteDatasetVersion({ datasetVersionId }: DeleteDatasetVersionRequest, { principal }: CallContext) {
    await this.versions.delete(principal.teamId, datasetVersionId);
    return {};
  }

  async listShards({ datasetVersionId, ...query }: ListShardsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.versions.listShards(
      principal.teamId,
      datasetVersionId,
      query,
    );
    return { shards: items.map(shardMessage), nextPageToken };
  }

  async scoreSamples(request: ScoreSamplesRequest, { principal, signal }: CallContext) {
    const predictions = readPredictions(request);
    return scoresMessage(
      await this.scores.score(principal.teamId, request.datasetVersionId, predictions, signal),
    );
  }
}
