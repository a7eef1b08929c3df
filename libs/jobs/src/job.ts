/** A value that survives JSON unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Where a job stands. `queued`, `running`, `cancelling` may still change by themselves. */
export type JobState = 'queued' | 'running' | 'cancelling' | 'cancelled' | 'succeeded' | 'failed';

/** Why a job failed, in the words of its DomainError. */
export interface JobFault {
  readonly kind: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface JobProgress {
  readonly done: number;
  /** 0 when not known. */
  readonly total: number;
  readonly unit: string;
  readonly message: string;
}

/** One piece of long work, as people see it. */
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
  readonly shards: { readonly queued: number; readonly running: number; readonly done: number; readonly failed: number };
  /** Highest attempt of any shard, from 1; 0 before the first. */
  readonly attempt: number;
  /** Results of the last stage, in shard order; only when it succeeded. */
  readonly result: Json | undefined;
  readonly fault: JobFault | undefined;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

/** True when the job will not change any more unless somebody retries it. */
export const hasEnded = (state: JobState): boolean => state === 'cancelled' || state === 'succeeded' || state === 'failed';
