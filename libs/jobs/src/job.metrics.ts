import { counter, gauge, histogram } from '@noema/observability';

/** Buckets in seconds: from a shard that has nothing to do to one that trains for an hour. */
const SHARD_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Jobs that were created. */
export const jobsCreated = counter({
  name: 'noema_jobs_created_total',
  help: 'Jobs that were requested.',
  labels: ['service', 'kind'],
});
/** Jobs that ended, by outcome. */
export const jobsEnded = counter({
  name: 'noema_jobs_ended_total',
  help: 'Jobs that ended, by state: succeeded, failed or cancelled.',
  labels: ['service', 'kind', 'state'],
});
/** Shards that a worker claimed. */
export const attemptsBegun = counter({
  name: 'noema_shard_attempts_total',
  help: 'Shards that a worker claimed; more than the shards that end when attempts fail.',
  labels: ['service', 'kind', 'stage'],
});
/** Attempts of this worker that ended, by outcome. */
export const attemptsEnded = counter({
  name: 'noema_shard_attempts_ended_total',
  help:
    'Attempts by outcome: done, failed, given_back (the worker shuts down, or another team waits for its ' +
    'first), cancelled (its job ended) or lost (somebody else may have the shard).',
  labels: ['service', 'kind', 'stage', 'outcome'],
});
/** Duration of attempts. */
export const attemptSeconds = histogram({
  name: 'noema_shard_seconds',
  help: 'Time from the claim of a shard to the end of the attempt, its commit included.',
  labels: ['service', 'kind', 'stage', 'outcome'],
  buckets: SHARD_SECONDS,
});
/** Shards that this worker currently holds. */
export const attemptsActive = gauge({
  name: 'noema_shards_active',
  help: 'Shards that this worker works on now.',
  labels: ['service', 'kind', 'stage'],
});
/** Leases that expired without a heartbeat. */
export const leasesLost = counter({
  name: 'noema_leases_lost_total',
  help: 'Shards that were taken from a silent worker because its lease had ended.',
  labels: ['service', 'kind'],
});
/** Time of the last lease extension of any shard, by the wall clock. */
export const lastBeat = gauge({
  name: 'noema_worker_last_heartbeat_timestamp_seconds',
  help: 'When this worker last prolonged a lease or looked for work with success.',
  labels: ['service'],
});
