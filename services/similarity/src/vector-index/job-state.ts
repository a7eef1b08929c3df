import type { Fault, JobState } from '@noema/kernel';

/** What every resource that a job makes shows of it. */
export interface Made {
  readonly jobId: string;
  readonly state: JobState;
  readonly fault: Fault | undefined;
  readonly createdAt: Date;
  readonly readyAt: Date | undefined;
}
