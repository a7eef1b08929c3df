import { AsyncResource } from 'node:async_hooks';
import type { Job, JobStore } from '@noema/jobs';
import type { Logger } from '@noema/observability';
import type { IngestionOrder } from '../dataset-version/dataset-version.ports.js';
import type { Ingestion } from './ingestion.executor.js';
import { INGEST } from './ingestion.worker.js';

/** Kinds of fault that no retry of the same job cures. */
const FINAL: ReadonlySet<string> = new Set(['invalid', 'precondition', 'unsupported']);
/** The second look finds what other workers were still writing when the job failed. */
const LOOKS_MS = [500, 5_000];

/** Removes what an ingestion stored that failed for good; what it misses, the sweeper finds. */
export class FailedIngestions {
  private readonly timers = new Set<NodeJS.Timeout>();
  /**
   * Made outside of any transaction, so that what runs in it later is outside of the one that ends the job.
   */
  private readonly outside = new AsyncResource('FailedIngestions');

  constructor(
    private readonly ingestion: Ingestion,
    private readonly jobs: JobStore,
    private readonly logger: Logger,
  ) {}

  /**
   * To be called in the transaction that ends a job; looks again after it, because the transaction may not
   * commit.
   */
  settled(job: Job): Promise<void> {
    if (job.kind !== INGEST || job.state !== 'failed' || !FINAL.has(job.fault?.kind ?? ''))
      return Promise.resolve();
    this.outside.runInAsyncScope(() => {
      for (const delayMs of LOOKS_MS) this.later(job, delayMs);
    });
    return Promise.resolve();
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private later(job: Job, delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.clean(job).catch((error: unknown) => {
        this.logger.warn(
          { err: error, job_id: job.id },
          'a failed ingestion could not be cleaned; the sweeper will',
        );
      });
    }, delayMs);
    this.timers.add(timer);
  }

  private async clean({ id, teamId, payload }: Job): Promise<void> {
    if ((await this.jobs.get(teamId, id)).state === 'failed')
      await this.ingestion.discard(teamId, payload as unknown as IngestionOrder);
  }
}
