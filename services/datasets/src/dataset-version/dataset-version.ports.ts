import type { Page, PageQuery } from '@noema/kernel';
import type { IntegrationCode } from '../integration/integration.js';
import type { DatasetShard, DatasetVersion, DatasetVersionId } from './dataset-version.js';

/** A new ingestion, before its job has run. */
export type NewIngestion = Pick<
  DatasetVersion,
  'projectId' | 'integrationId' | 'displayName' | 'jobId' | 'shardSize' | 'createdAt'
> & { readonly id: string };

/** A version that is about to become visible. */
export type NewDatasetVersion = Pick<DatasetVersion, 'id' | 'ingestionId' | 'shardSize'> &
  Pick<NonNullable<DatasetVersion['ready']>, 'content' | 'contentDigest' | 'samples'> & {
    readonly shards: readonly DatasetShard[];
  };

/** The dataset versions of the team of the ambient transaction. */
export interface DatasetRepository {
  insertIngestion(ingestion: NewIngestion): Promise<void>;
  /** By the id of the version or of an ingestion that led to it. */
  find(id: string): Promise<DatasetVersion | undefined>;
  list(projectId: string, query: PageQuery): Promise<Page<DatasetVersion>>;
  count(projectId: string): Promise<number>;
  shards(id: DatasetVersionId, query: Pick<PageQuery, 'pageSize' | 'pageToken'>): Promise<Page<DatasetShard>>;
  /**
   * One shard of a version that has it. Throws `not-found` DATASET_VERSION_NOT_FOUND when it has not, because
   * it was deleted meanwhile.
   */
  shard(id: DatasetVersionId, index: number): Promise<DatasetShard>;
  /**
   * Makes the version visible, or leads the ingestion to the one with the same content. False when that was
   * there; throws `precondition` INGESTION_DELETED.
   */
  publish(version: NewDatasetVersion): Promise<boolean>;
  /** Removes the version or ingestion with all that leads to it. */
  delete(version: DatasetVersion): Promise<void>;
}

/** The jobs that ingest. */
export interface IngestionJobs {
  /** Queues an ingestion in the ambient transaction and returns the id of its job. */
  start(teamId: string, ingestion: IngestionOrder): Promise<string>;
  cancel(teamId: string, jobId: string): Promise<void>;
}

/** All that a worker needs to know. */
export interface IngestionOrder extends IntegrationCode {
  readonly ingestionId: string;
  readonly projectId: string;
  readonly shardSize: number;
  /** Share of the samples that may be left out because a handler fails on them. */
  readonly maxSkippedShare: number;
}

/** The artifacts of ingestions. */
export interface IngestionArtifacts {
  /** Removes every artifact of an ingestion. */
  removeAll(teamId: string, projectId: string, ingestionId: string): Promise<void>;
}

/** What is announced. */
export interface DatasetEvents {
  /** In the ambient transaction: the version became visible. */
  ready(version: NewDatasetVersion & { readonly projectId: string }): Promise<void>;
}

/** What the team may have. */
export interface SampleQuota {
  /**
   * Throws `exhausted` QUOTA_EXCEEDED when so many more samples would be too many; the tables decide for
   * certain when the version is published.
   */
  requireSamples(teamId: string, more: number): Promise<void>;
}
