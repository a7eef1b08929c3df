import { asDomainError, DomainError, type Fault } from '@noema/kernel';

export const jobNotFound = (id: string): DomainError =>
  new DomainError('not-found', 'JOB_NOT_FOUND', `job "${id}" does not exist; list the jobs to see which do`, {
    metadata: { job_id: id },
  });

export const queueFull = (waiting: number, limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'QUEUE_FULL',
    `the team has ${waiting} unfinished jobs and may have ${limit}; wait for some to end or cancel them`,
    {
      metadata: {
        retry_after_seconds: '30',
        quota: 'queued_jobs',
        limit: String(limit),
        used: String(waiting),
        left: '0',
      },
    },
  );

/** Name of each quota's unit, and how a team can free some of it. */
const QUOTAS = {
  queued_jobs: {
    what: 'unfinished jobs in this service',
    cure: 'wait for some to end or cancel them',
    retryAfterS: '30',
  },
  samples: { what: 'samples', cure: 'delete a dataset version', retryAfterS: '3600' },
  stored_bytes: { what: 'bytes in the store', cure: 'delete dataset versions or runs', retryAfterS: '3600' },
  gpu_seconds: {
    what: 'GPU seconds in 30 days',
    cure: 'wait until older ones are 30 days ago',
    retryAfterS: '3600',
  },
} as const;

/** Error for a request above the team's quota; `more` is the requested amount. */
export function quotaExceeded(
  quota: keyof typeof QUOTAS,
  limit: bigint,
  used: bigint,
  more?: bigint,
): DomainError {
  const { what, cure, retryAfterS } = QUOTAS[quota];
  const left = used < limit ? limit - used : 0n;
  return new DomainError(
    'exhausted',
    'QUOTA_EXCEEDED',
    `the team may have ${limit} ${what} and has ` +
      `${used}${more === undefined || more === 1n ? '' : `; ${more} more do not fit`}; ${cure}, or have ` +
      'the quota raised',
    {
      metadata: {
        quota,
        limit: String(limit),
        used: String(used),
        left: String(left),
        retry_after_seconds: retryAfterS,
      },
    },
  );
}

/** True if the team has used up a quota. A retry costs more and does not help. */
export const isQuotaExceeded = (error: unknown): boolean =>
  error instanceof DomainError && error.reason === 'QUOTA_EXCEEDED';

/** The worker has lost the shard: its lease expired and another worker took it, or the job was stopped. */
export const leaseLost = (jobId: string): DomainError =>
  new DomainError(
    'conflict',
    'LEASE_LOST',
    `the lease on a shard of job ${jobId} was lost; another worker goes on from the last finished shard`,
    { metadata: { job_id: jobId } },
  );

export const isLeaseLost = (error: unknown): boolean =>
  error instanceof DomainError && error.reason === 'LEASE_LOST';

export const jobCancelled = (id: string): DomainError =>
  new DomainError('cancelled', 'JOB_CANCELLED', `job ${id} was cancelled`, { metadata: { job_id: id } });

/** Interrupts work because its worker shuts down. The shard is released without counting an attempt. */
export const workerStopping = (): DomainError =>
  new DomainError('unavailable', 'WORKER_STOPPING', 'the worker shuts down; another one goes on');

/** Interrupts a shard because its team holds several workers while another team has no worker. */
export const shardYielded = (): DomainError =>
  new DomainError(
    'unavailable',
    'SHARD_YIELDED',
    'the team holds several workers while another team waits for its first',
  );

/**
 * A worker lost its lease; `losses` counts how often that happened since the shard last committed progress.
 */
export function workerLost(workerId: string, losses: number): DomainError {
  const what =
    losses === 1
      ? `worker ${workerId} stopped responding`
      : `workers (the last was ${workerId}) stopped responding ${losses} times since the shard last made ` +
        'progress';
  return new DomainError(
    'unavailable',
    'WORKER_LOST',
    `${what}; look at its memory limit and log, then retry the job`,
    { metadata: { worker_id: workerId } },
  );
}

export const isWorkerLost = (error: unknown): boolean =>
  error instanceof DomainError && error.reason === 'WORKER_LOST';

/** An attempt exceeded the time limit without committing progress. */
export const shardTimedOut = (limitMs: number): DomainError =>
  new DomainError(
    'timeout',
    'SHARD_TIMED_OUT',
    `the shard ran for ${limitMs / 1_000} s without committing progress, which is the limit; make ` +
      'shards smaller or raise workerShardTimeoutMs',
    { metadata: { limit_seconds: String(limitMs / 1_000) } },
  );

export const isShardTimedOut = (error: unknown): boolean =>
  error instanceof DomainError && error.reason === 'SHARD_TIMED_OUT';

export const noShards = (kind: string, shards: number): DomainError =>
  new DomainError(
    'invalid',
    'JOB_SHARDS_INVALID',
    `a job of kind ${kind} was to have ${shards} shards; it needs at least 1`,
  );

export const notRetryable = (id: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'JOB_NOT_RETRYABLE',
    `job ${id} is ${state}; only failed and cancelled jobs can be retried`,
    { metadata: { job_id: id, state } },
  );

/** True for the reasons for which a worker releases a shard. */
export const isGivenBack = (error: unknown): boolean =>
  error instanceof DomainError && (error.reason === 'WORKER_STOPPING' || error.reason === 'SHARD_YIELDED');

/** True for interruptions, which are not caused by the work itself. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof DomainError && (error.reason === 'JOB_CANCELLED' || isGivenBack(error));

/** True if the worker's device is lost. Every further shard would fail as well. */
export const isDeviceLost = (error: unknown): boolean =>
  error instanceof DomainError && (error.reason === 'DEVICE_LOST' || error.reason === 'DEVICE_UNAVAILABLE');

/**
 * Reasons that mean that a dependency is unavailable: a store, the database, another service, the process that
 * serves a model.
 */
const OUTAGES: ReadonlySet<string> = new Set([
  'STORE_FAILED',
  'STORE_SLOW',
  'STORE_DENIED',
  'STORE_BUCKET_MISSING',
  'DATABASE_UNAVAILABLE',
  'UNREACHABLE',
  'SHUTTING_DOWN',
  'KUBERNETES_FAILED',
  'MODEL_NOT_SERVED',
  'MODEL_QUERY_LOST',
]);

/** True for a failure of a dependency. A retry succeeds once the dependency is available again. */
export const isOutage = (error: unknown): boolean =>
  error instanceof DomainError && OUTAGES.has(error.reason);

/** Maximum length of an error text that is stored. Errors from user code may have any size. */
const MAX_TEXT = 8_192;

/** Converts an error to a fault, in characters that PostgreSQL can store. */
export function toFault(error: unknown): Fault {
  const { kind, reason, message, metadata } = asDomainError(error);
  return {
    kind,
    reason: storable(reason),
    message: storable(message),
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [storable(name), storable(value)]),
    ),
  };
}

/** Replaces NUL and lone surrogates with the replacement character. */
const storable = (text: string): string =>
  text.slice(0, MAX_TEXT).replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd');

export const jobClosed = (id: string): DomainError =>
  new DomainError('precondition', 'JOB_CLOSED', `job ${id} has ended or takes no more shards`, {
    metadata: { job_id: id },
  });
