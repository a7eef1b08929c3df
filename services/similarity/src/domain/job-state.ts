/** Where the job of a resource stands; a resource has no state of its own. */
export type WorkState = 'queued' | 'running' | 'cancelling' | 'cancelled' | 'succeeded' | 'failed';

/** Why it failed. */
export interface Fault {
  readonly kind: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What every resource that a job makes shows of it. */
export interface Made {
  readonly jobId: string;
  readonly state: WorkState;
  readonly fault: Fault | undefined;
  readonly createdAt: Date;
  readonly readyAt: Date | undefined;
}
