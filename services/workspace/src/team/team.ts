/** Quota of a team; 0 means no limit. */
export interface TeamQuota {
  readonly maxProjects: number;
  /** Jobs that are queued or running, per service. */
  readonly maxQueuedJobs: number;
  readonly maxStoredBytes: bigint;
  /** In all dataset versions. */
  readonly maxSamples: bigint;
  /** Jobs of which a shard runs; others wait. */
  readonly maxRunningJobs: number;
  /** Within 30 days. */
  readonly maxGpuSeconds: bigint;
  /** By each gateway and each service instance. */
  readonly maxRequestsPerMinute: number;
}

export const UNLIMITED: TeamQuota = {
  maxProjects: 0,
  maxQueuedJobs: 0,
  maxStoredBytes: 0n,
  maxSamples: 0n,
  maxRunningJobs: 0,
  maxGpuSeconds: 0n,
  maxRequestsPerMinute: 0,
};

/** A tenant. */
export interface Team {
  readonly id: string;
  readonly displayName: string;
  readonly quota: TeamQuota;
  readonly createTime: Date;
  readonly updateTime: Date;
}
