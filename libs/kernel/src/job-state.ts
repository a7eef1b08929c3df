/**
 * Where a job, or the resource that it makes, stands. `queued`, `running`, `cancelling` may still change by
 * themselves.
 */
export type JobState = 'queued' | 'running' | 'cancelling' | 'cancelled' | 'succeeded' | 'failed';

/** Why a job failed, in the words of its DomainError. */
export interface Fault {
  readonly kind: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** True for a job that ended without its result. */
export const isGivenUp = (state: JobState): boolean => state === 'failed' || state === 'cancelled';

/** True when the job will not change any more unless somebody retries it. */
export const hasEnded = (state: JobState): boolean =>
  state === 'cancelled' || state === 'succeeded' || state === 'failed';
