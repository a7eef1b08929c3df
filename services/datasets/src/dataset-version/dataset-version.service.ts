import {
  type Clock,
  displayName,
  isUuid,
  type Page,
  type PageQuery,
  systemClock,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import type { DatasetShard, DatasetVersion } from './dataset-version.js';
import {
  datasetVersionNotFound,
  datasetVersionNotReady,
  shardSizeInvalid,
  skippedShareInvalid,
} from './dataset-version.errors.js';
import type { DatasetRepository, IngestionArtifacts, IngestionJobs } from './dataset-version.ports.js';
import { integrationNotFound } from '../integration/integration.errors.js';
import type { IntegrationRepository, IntegrationRunner, Projects } from '../integration/integration.ports.js';

export interface DatasetPorts {
  readonly unitOfWork: UnitOfWork;
  readonly repository: DatasetRepository;
  readonly integrations: IntegrationRepository;
  readonly jobs: IngestionJobs;
  readonly artifacts: IngestionArtifacts;
  readonly projects: Projects;
  readonly runner: Pick<IntegrationRunner, 'requireRunnable'>;
  readonly clock?: Clock;
}

const MAX_SHARD_SIZE = 65_536;

/** The dataset versions of a team. */
export class Datasets {
  constructor(private readonly ports: DatasetPorts) {}

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
    const { repository, integrations, jobs, clock = systemClock } = this.ports;
    const { shardSize } = request;
    if (shardSize < 0 || shardSize > MAX_SHARD_SIZE) throw shardSizeInvalid(shardSize);
    const { maxSkippedShare } = request;
    if (!(maxSkippedShare >= 0 && maxSkippedShare <= 1)) throw skippedShareInvalid(maxSkippedShare);
    const given = request.displayName.trim() === '' ? '' : displayName(request.displayName);
    return this.ports.unitOfWork.run(teamId, async () => {
      const integration = isUuid(request.integrationId)
        ? await integrations.find(request.integrationId)
        : undefined;
      if (integration === undefined || integration.projectId !== request.projectId)
        throw integrationNotFound(request.integrationId);
      await this.ports.runner.requireRunnable(integration);
      const { projectId, modulePath, bundle, digest, hosts, secrets } = integration;
      const id = uuidv7();
      const jobId = await jobs.start(teamId, {
        ingestionId: id,
        projectId,
        modulePath,
        bundle,
        digest,
        hosts,
        secrets,
        shardSize,
        maxSkippedShare,
      });
      const name = given || `${integration.displayName} ${(await repository.count(projectId)) + 1}`;
      await repository.insertIngestion({
        id,
        projectId,
        integrationId: integration.id,
        displayName: name,
        jobId,
        shardSize,
        createdAt: clock.now(),
      });
      return (await repository.find(id))!;
    });
  }

  /**
   * By the id of the version or of its ingestion. Throws `not-found` DATASET_VERSION_NOT_FOUND, also for
   * another team's.
   */
  async get(teamId: string, id: string): Promise<DatasetVersion> {
    const version = isUuid(id)
      ? await this.ports.unitOfWork.run(teamId, () => this.ports.repository.find(id))
      : undefined;
    if (version === undefined) throw datasetVersionNotFound(id);
    return version;
  }

  /** As `get`; throws `precondition` DATASET_VERSION_NOT_READY before it is ready. */
  async getReady(
    teamId: string,
    id: string,
  ): Promise<DatasetVersion & { readonly ready: NonNullable<DatasetVersion['ready']> }> {
    const version = await this.get(teamId, id);
    if (version.ready === undefined) throw datasetVersionNotReady(id, version.state);
    return { ...version, ready: version.ready };
  }

  async list(teamId: string, projectId: string, query: PageQuery): Promise<Page<DatasetVersion>> {
    await this.ports.projects.mustExist(teamId, projectId);
    return this.ports.unitOfWork.run(teamId, () => this.ports.repository.list(projectId, query));
  }

  async listShards(
    teamId: string,
    id: string,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<DatasetShard>> {
    const version = await this.getReady(teamId, id);
    return this.ports.unitOfWork.run(teamId, () => this.ports.repository.shards(version.id, query));
  }

  /**
   * Removes a version, whose artifacts are left to the sweeper; an ingestion that is not done is stopped, and
   * what it stored removed.
   */
  async delete(teamId: string, id: string): Promise<void> {
    const version = await this.get(teamId, id);
    await this.ports.unitOfWork.run(teamId, async () => {
      if (version.ready === undefined) await this.ports.jobs.cancel(teamId, version.jobId);
      await this.ports.repository.delete(version);
    });
    if (version.ready === undefined)
      await this.ports.artifacts.removeAll(teamId, version.projectId, version.ingestionId);
  }
}
