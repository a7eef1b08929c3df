/** State of a job, or of the resource that it creates. `queued`, `running` and `cancelling` are not final. */
export type JobState = 'queued' | 'running' | 'cancelling' | 'cancelled' | 'succeeded' | 'failed';

/** Reason of a job's failure, as in its DomainError. */
export interface Fault {
  readonly kind: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** True for a job that ended without its result. */
export const isGivenUp = (state: JobState): boolean => state === 'failed' || state === 'cancelled';

/** True if the state is final, unless a user retries the job. */
export const hasEnded = (state: JobState): boolean =>
  state === 'cancelled' || state === 'succeeded' || state === 'failed';
