import { fileURLToPath } from 'node:url';

export { JOB_SERVICE_NAME, JobController } from './grpc/job.controller.js';
export {
  faultMessage,
  jobMessage,
  type JobMessage,
  jobResourceMessage,
  jobStateMessage,
} from './grpc/job.mapper.js';
export type { Job, JobProgress, Json } from './job.js';
export type { AnyJobKind, JobKind, ShardContext, ShardOutcome, Stage } from './job-kind.js';
export { JobResourceRepository, type JobResourceRow, toJobResource } from './job-resource.repository.js';
export { jobChannel, parseSignal } from './job-signal.js';
export type { Settled } from './job-ledger.js';
export { type JobFilter, JobStore, type JobStoreOptions, type NewJob } from './job-store.js';
export { queueDepth, type QueueDepth } from './queue-depth.js';
export {
  type QuotaLimits,
  TeamQuotas,
  type UsageElsewhere,
  type VersionedUsage,
} from './team-quotas.js';
export { toFault } from './job.errors.js';
export { ResourceQueue } from './resource-queue.js';
export { type ClaimMoment, runWorker, type Worker, type WorkerOptions } from './worker.js';

/**
 * Folder of the migrations for `migrate`: the tables job, shard, job_log_entry, team_turn, team_usage,
 * team_quota and compute_time, and the view job_status.
 */
export const jobsMigrations = fileURLToPath(new URL('../../migrations', import.meta.url));
export { titledKind } from './job-title.js';
export { type Serializable, toJson, TypedStages } from './typed-stages.js';
