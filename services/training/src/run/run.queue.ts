import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind } from '@noema/jobs';

/** Kind of the jobs that do runs. */
export const RUN = titledKind('training.run', 'Train');

/** Payload of such a job. */
export interface RunPayload {
  readonly runId: string;
}

/** Queues and controls the jobs that do runs, each with one shard. */
@Injectable()
export class RunQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues a run in the ambient transaction and returns the id of its job. */
  queue(teamId: string, runId: string): Promise<string> {
    return this.jobs.create({ kind: RUN, teamId, subjectId: runId, payload: { runId } });
  }

  async stop(teamId: string, jobId: string): Promise<void> {
    await this.jobs.cancel(teamId, jobId);
  }

  async resume(teamId: string, jobId: string): Promise<void> {
    await this.jobs.retry(teamId, jobId);
  }

  /** Yields now and after every change of the job, until it has ended. */
  changes(teamId: string, jobId: string, stop: AbortSignal): AsyncIterable<unknown> {
    return this.jobs.watch(teamId, jobId, stop);
  }
}
