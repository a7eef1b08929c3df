/** What a team may use at most; 0 is no limit. */
export interface TeamQuota {
  readonly maxProjects: number;
  /** Jobs that are queued or running, per service. */
  readonly maxQueuedJobs: number;
  readonly maxStoredBytes: bigint;
}

export const UNLIMITED: TeamQuota = { maxProjects: 0, maxQueuedJobs: 0, maxStoredBytes: 0n };

/** A tenant. */
export interface Team {
  readonly id: string;
  readonly displayName: string;
  readonly quota: TeamQuota;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
