import type { JobProgress } from './job.js';
import { jobCancelled, leaseLost } from './job.errors.js';
import type { ShardContext } from './job-kind.js';
import type { ShardLease } from './shard-lease.js';
import type { ShardLedger } from './shard-ledger.js';

/** A shard that this worker runs. Extends its lease, and aborts its work when it has to stop. */
export class ActiveShard {
  private readonly abort = new AbortController();
  private beatenMs = performance.now();
  private progressedMs = this.beatenMs;
  private toldMs: number | undefined;
  private progress: JobProgress | undefined;
  private beating: Promise<void> | undefined;

  constructor(
    readonly lease: ShardLease,
    private readonly ledger: ShardLedger,
    private readonly leaseMs: number,
  ) {}

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Milliseconds since the work was asked to stop; 0 if it was not. */
  get stoppingMs(): number {
    return this.toldMs === undefined ? 0 : performance.now() - this.toldMs;
  }

  /** Milliseconds since the work was claimed or last committed progress. */
  get unprogressedMs(): number {
    return performance.now() - this.progressedMs;
  }

  interrupt(reason: Error): void {
    this.toldMs ??= performance.now();
    this.abort.abort(reason);
  }

  context(stage: string): ShardContext<never> {
    const { lease } = this;
    return {
      job: {
        id: lease.jobId,
        teamId: lease.teamId,
        subjectId: lease.subjectId,
        payload: lease.payload as never,
      },
      stage,
      index: lease.index,
      attempt: lease.attempt,
      results: lease.results,
      signal: this.signal,
      progress: (done, total, unit, message = '') => {
        this.progress = { done: Math.round(done), total: Math.round(total), unit, message };
      },
      commit: async (work) => {
        const result = await this.ledger.commit(lease, work);
        this.progressedMs = performance.now();
        return result;
      },
    };
  }

  /**
   * Extends the lease once a third of it has passed, or if there is progress to report. Calls during a
   * running heartbeat share its result.
   */
  beat(force = false): Promise<void> {
    const due = performance.now() - this.beatenMs > this.leaseMs / 3;
    if (!force && !due && this.progress === undefined) return Promise.resolve();
    this.beating ??= this.prolong().finally(() => {
      this.beating = undefined;
    });
    return this.beating;
  }

  private async prolong(): Promise<void> {
    const { progress } = this;
    this.progress = undefined;
    const startedMs = performance.now();
    try {
      const goOn = await this.ledger.beat(this.lease, this.leaseMs, progress);
      if (goOn) this.beatenMs = startedMs;
      else this.interrupt(jobCancelled(this.lease.jobId));
    } catch {
      // The database is unavailable. Once the lease may have expired, another worker may own the shard.
      if (performance.now() - this.beatenMs > this.leaseMs) this.interrupt(leaseLost(this.lease.jobId));
    }
  }
}
