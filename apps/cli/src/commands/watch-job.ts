import { type Job, JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Fault } from '@noema/contracts/noema/type/v1/fault';
import { cancelled, DomainError } from '@noema/kernel';
import type { Noema } from '../noema.js';
import { Progress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

const ENDED: ReadonlySet<JobState> = new Set([JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED]);

interface Watched {
  readonly service: string;
  readonly jobId: string;
  readonly title: string;
}

/**
 * Shows how far a job is until it has ended, and returns it. Throws its fault when it failed, `cancelled`
 * when it was stopped.
 */
export async function watchJob(
  noema: Noema,
  terminal: Terminal,
  { service, jobId, title }: Watched,
  signal: AbortSignal,
): Promise<Job> {
  const bar = new Progress(terminal, title);
  let job: Job | undefined;
  try {
    for await (const message of noema.jobs.watchJob({ service, jobId }, { signal })) {
      job = message.job;
      const progress = job?.progress;
      bar.update(
        Number(progress?.done ?? 0),
        Number(progress?.total ?? 0),
        [progress?.stage, progress?.message].filter(Boolean).join(' · '),
      );
      if (job !== undefined && ENDED.has(job.state)) break;
    }
  } finally {
    bar.end();
  }
  if (job?.state === JobState.FAILED) throw faultError(job.fault, `job ${jobId} of ${service} failed`);
  if (job?.state === JobState.CANCELLED) throw cancelled(`job ${jobId} of ${service}`);
  if (job === undefined)
    throw new DomainError(
      'unavailable',
      'WATCH_ENDED',
      `the watch of job ${jobId} ended without a word; ask again with "noema jobs watch ${service} ${jobId}"`,
    );
  return job;
}

/** The error that a failed resource carries; only a fault of the platform itself is an internal one. */
export function faultError(fault: Fault | undefined, what: string): DomainError {
  const isInternal = fault === undefined || fault.reason === 'INTERNAL' || fault.reason === 'UNKNOWN';
  return new DomainError(
    isInternal ? 'internal' : 'precondition',
    fault?.reason ?? 'FAILED',
    `${what}: ${fault?.message ?? 'it says no reason'}`,
    { metadata: fault?.metadata ?? {} },
  );
}
