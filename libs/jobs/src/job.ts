import type { Fault, JobState } from '@noema/kernel';

/** A value that survives JSON unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface JobProgress {
  readonly done: number;
  /** Number of units; 0 if not known. */
  readonly total: number;
  readonly unit: string;
  readonly message: string;
}

/** One piece of long-running work, as the API shows it. */
export interface Job {
  readonly id: string;
  readonly teamId: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly payload: Json;
  readonly state: JobState;
  readonly stage: string;
  readonly progress: JobProgress;
  /** Shards of the current stage. */
  readonly shards: {
    readonly queued: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
  };
  /** Highest attempt of any shard, starting at 1; 0 before the first. */
  readonly attempt: number;
  /** Results of the last stage, in shard order. Set only if the job succeeded. */
  readonly result: Json | undefined;
  readonly fault: Fault | undefined;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
}
