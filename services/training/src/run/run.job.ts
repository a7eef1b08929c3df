import type { JobKind, JobStore, Settled } from '@noema/jobs';
import type { RunExecutor } from './run.executor.js';
import type { RunEvents, RunJobs, RunRepository } from './run.ports.js';
import { describeProgress } from './run.progress.js';

/** The kind of the jobs that do runs. */
export const RUN_JOB = 'training.run';

interface RunPayload {
  readonly runId: string;
}

/** Runs as jobs of one shard. */
export class JobRuns implements RunJobs {
  constructor(private readonly jobs: JobStore) {}

  start(teamId: string, runId: string): Promise<string> {
    return this.jobs.create({ kind: RUN_JOB, teamId, subjectId: runId, payload: { runId } });
  }

  async stop(teamId: string, jobId: string): Promise<void> {
    await this.jobs.cancel(teamId, jobId);
  }

  async resume(teamId: string, jobId: string): Promise<void> {
    await this.jobs.retry(teamId, jobId);
  }

  changes(teamId: string, jobId: string, stop: AbortSignal): AsyncIterable<unknown> {
    return this.jobs.watch(teamId, jobId, stop);
  }
}

/** What a worker does with such a job. */
export const runJob = (executor: RunExecutor): JobKind<RunPayload> => ({
  kind: RUN_JOB,
  stages: [
    {
      name: 'train',
      run: async (shard) => ({
        result: await executor.execute(shard.job.teamId, shard.job.payload.runId, {
          signal: shard.signal,
          progress: (p, epochs) => {
            shard.progress(
              p.done,
              p.total,
              p.phase === 'training' ? 'batches' : p.phase === 'evaluating' ? 'samples' : 'files',
              describeProgress(p, epochs),
            );
          },
          commit: (work) => shard.commit(work),
        }),
      }),
    },
  ],
});

/** Announces the end of a run, in the transaction that ends its job. */
export const settledRuns =
  (runs: RunRepository, events: RunEvents): Settled =>
  async (job) => {
    const run = job.kind === RUN_JOB ? await runs.find(job.subjectId) : undefined;
    if (run !== undefined) await events.finished(run);
  };
