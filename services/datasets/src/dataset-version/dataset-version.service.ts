import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  displayName,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { IngestionQueue } from '../ingestion/ingestion.queue.js';
import { IngestionStore } from '../ingestion/ingestion.store.js';
import { integrationNotFound } from '../integration/integration.errors.js';
import { hasCode } from '../integration/integration.js';
import { IntegrationRepository } from '../integration/integration.repository.js';
import { ProcessRunner } from '../runner/process-runner.js';
import {
  datasetVersionNotFound,
  datasetVersionNotReady,
  shardSizeInvalid,
  skippedShareInvalid,
} from './dataset-version.errors.js';
import type { DatasetShard, DatasetVersion, ReadyDatasetVersion } from './dataset-version.js';
import { DatasetVersionRepository } from './dataset-version.repository.js';

const MAX_SHARD_SIZE = 65_536;

/** The dataset versions of a team. */
@Injectable()
export class DatasetVersionService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetVersionRepository) private readonly versions: Port<DatasetVersionRepository>,
    @Inject(IntegrationRepository) private readonly integrations: Pick<IntegrationRepository, 'find'>,
    @Inject(IngestionQueue) private readonly queue: Port<IngestionQueue>,
    @Inject(IngestionStore) private readonly store: Pick<IngestionStore, 'removeAll'>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(ProcessRunner) private readonly runner: Pick<ProcessRunner, 'requireRunnable'>,
  ) {}

  /** Queues the ingestion of an integration; the version has the ingestion's id until it is ready. */
  async create(
    teamId: string,
    request: {
      readonly projectId: string;
      readonly integrationId: string;
      readonly displayName: string;
      readonly shardSize: number;
      readonly maxSkippedShare: number;
    },
  ): Promise<DatasetVersion> {
    const { shardSize, maxSkippedShare } = request;
    if (shardSize < 0 || shardSize > MAX_SHARD_SIZE) throw shardSizeInvalid(shardSize);
    if (!(maxSkippedShare >= 0 && maxSkippedShare <= 1)) throw skippedShareInvalid(maxSkippedShare);
    const given = request.displayName.trim() === '' ? '' : displayName(request.displayName);
    return this.unitOfWork.run(teamId, async () => {
      const integration = isUuid(request.integrationId)
        ? await this.integrations.find(request.integrationId)
        : undefined;
      if (integration === undefined || integration.projectId !== request.projectId)
        throw integrationNotFound(request.integrationId);
      if (hasCode(integration)) await this.runner.requireRunnable(integration);
      const { projectId, modulePath, bundle, wheels, data, uploadId, objects, digest, hosts, secrets } =
        integration;
      const id = uuidv7();
      const jobId = await this.queue.start(teamId, {
        ingestionId: id,
        projectId,
        modulePath,
        bundle,
        wheels,
        data,
        uploadId,
        objects,
        digest,
        hosts,
        secrets,
        shardSize,
        maxSkippedShare,
      });
      const name = given || `${integration.displayName} ${(await this.versions.count(projectId)) + 1}`;
      await this.versions.insertIngestion({
        id,
        projectId,
        integrationId: integration.id,
        displayName: name,
        jobId,
        shardSize,
        createTime: new Date(),
      });
      // The view adds the state of the job, which the inserted row does not have.
      return findOrThrow(this.versions, id, datasetVersionNotFound);
    });
  }

  /**
   * By the id of the version or of its ingestion. Throws `not-found` DATASET_VERSION_NOT_FOUND, also for
   * another team's.
   */
  get(teamId: string, id: string): Promise<DatasetVersion> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.versions, id, datasetVersionNotFound));
  }

  /** As `get`; throws `precondition` DATASET_VERSION_NOT_READY before it is ready. */
  async getReady(teamId: string, id: string): Promise<ReadyDatasetVersion> {
    const version = await this.get(teamId, id);
    if (version.ready === undefined) throw datasetVersionNotReady(id, version.state);
    return { ...version, ready: version.ready };
  }

  async list(teamId: string, projectId: string, query: PageQuery): Promise<Page<DatasetVersion>> {
    await this.projects.mustExist(teamId, projectId);
    return this.unitOfWork.run(teamId, () => this.versions.list(projectId, query));
  }

  async listShards(
    teamId: string,
    id: string,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<DatasetShard>> {
    const version = await this.getReady(teamId, id);
    return this.unitOfWork.run(teamId, () => this.versions.shards(version.id, query));
  }

  /**
   * Removes a version, whose artifacts are left to the sweeper; an ingestion that is not done is stopped, and
   * what it stored removed.
   */
  async delete(teamId: string, id: string): Promise<void> {
    const version = await this.get(teamId, id);
    await this.unitOfWork.run(teamId, async () => {
      if (version.ready === undefined) await this.queue.cancel(teamId, version.jobId);
      await this.versions.delete(version);
    });
    if (version.ready === undefined)
      await this.store.removeAll(teamId, version.projectId, version.ingestionId);
  }
}
