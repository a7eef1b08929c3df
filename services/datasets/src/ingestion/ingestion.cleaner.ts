import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Host } from '@noema/host';
import { type Job, JobStore } from '@noema/jobs';
import { IngestionExecutor } from './ingestion.executor.js';
import { type Payload, toOrder } from './ingestion.queue.js';

/** Kinds of fault that no retry of the same job cures. */
const FINAL: ReadonlySet<string> = new Set(['invalid', 'precondition', 'unsupported']);
/** The second look finds what other workers were still writing when the job failed. */
const LOOKS_MS = [500, 5_000];

/** Removes what an ingestion stored that failed for good; what it misses, the sweeper finds. */
@Injectable()
export class IngestionCleaner implements OnApplicationShutdown {
  private readonly timers = new Set<NodeJS.Timeout>();
  /**
   * Made outside of any transaction, so that what runs in it later is outside of the one that ends the job.
   */
  private readonly outside = new AsyncResource('IngestionCleaner');

  constructor(
    @Inject(IngestionExecutor) private readonly executor: Pick<IngestionExecutor, 'discard'>,
    @Inject(JobStore) private readonly jobs: Pick<JobStore, 'get'>,
    @Inject(Host) private readonly host: Pick<Host, 'logger'>,
  ) {}

  /**
   * To be called in the transaction that ends a job; looks again after it, because the transaction may not
   * commit.
   */
  settled(job: Job): Promise<void> {
    if (job.state !== 'failed' || !FINAL.has(job.fault?.kind ?? '')) return Promise.resolve();
    this.outside.runInAsyncScope(() => {
      for (const delayMs of LOOKS_MS) this.later(job, delayMs);
    });
    return Promise.resolve();
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private later(job: Job, delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.clean(job).catch((error: unknown) => {
        this.host.logger.warn(
          { err: error, job_id: job.id },
          'a failed ingestion could not be cleaned; the sweeper will',
        );
      });
    }, delayMs);
    this.timers.add(timer);
  }

  private async clean({ id, teamId, payload }: Job): Promise<void> {
    if ((await this.jobs.get(teamId, id)).state === 'failed')
      await this.executor.discard(teamId, toOrder(payload as Payload));
  }
}
