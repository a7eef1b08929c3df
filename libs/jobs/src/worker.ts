import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from '@noema/kernel';
import { type Logger, runWithFields, silentLogger } from '@noema/observability';
import { type AnyDatabase, type Listening, persist, WakeLoop } from '@noema/postgres';
import { ActiveShard } from './active-shard.js';
import { type AttemptEnd, observeAttempt, toOutcome } from './attempt-observation.js';
import {
  isDeviceLost,
  isInterruption,
  isLeaseLost,
  jobCancelled,
  shardTimedOut,
  shardYielded,
  workerStopping,
} from './job.errors.js';
import type { AnyJobKind, JobKind } from './job-kind.js';
import { JobLedger, type Settled } from './job-ledger.js';
import { lastBeat } from './job.metrics.js';
import { jobChannel, parseSignal } from './job-signal.js';
import { reconcile } from './reconciler.js';
import { claimShard, type ShardLease } from './shard-lease.js';
import { findShardToYield } from './shard-yield.js';
import { ShardLedger } from './shard-ledger.js';

export interface WorkerOptions {
  readonly db: AnyDatabase;
  readonly kinds: readonly AnyJobKind[];
  /** Name of the process in logs and in the shard's row. */
  readonly workerId: string;
  /** Number of shards to run concurrently. Default: 1. */
  readonly concurrency?: number;
  /** How long the lease of a shard lasts after a heartbeat. Default: 30 s. */
  readonly leaseMs?: number;
  /** Interval of polling for work without a notification. Default: 1 s. */
  readonly pollMs?: number;
  /** How long `stop` waits for running shards before it releases them. Default: 5 s. */
  readonly graceMs?: number;
  /** How long a shard may run without committing progress before its job fails. Default: 6 h. */
  readonly shardTimeoutMs?: number;
  /** How long a team without a worker waits before a team with several workers yields one. Default: 30 s. */
  readonly yieldAfterMs?: number;
  /** Device of the work, for the team's account. Default: `cpu`. */
  readonly device?: string;
  /**
   * Called once when the device of this worker is lost. The worker claims nothing more, and its process
   * should end.
   */
  readonly deviceGone?: ((error: Error) => void) | undefined;
  readonly settled?: Settled;
  /**
   * After `afterMs` without work the worker claims nothing more and calls `then`, so that a shard that is queued
   * now does not start in a process that ends. Default: never.
   */
  readonly idle?: { readonly afterMs: number; readonly then: () => void } | undefined;
  /**
   * Called before a worker that runs no shard claims one. Once it returns true, the worker claims nothing more
   * and calls `then`.
   */
  readonly retire?: { readonly isDue: (at: ClaimMoment) => boolean; readonly then: () => void } | undefined;
  readonly logger?: Logger;
}

/** A worker that is about to claim a shard and runs none. */
export interface ClaimMoment {
  /** Time since there was last something to do. */
  readonly idleMs: number;
  /** Whether it has claimed a shard before. */
  readonly hasWorked: boolean;
}

export interface Worker {
  /**
   * Stops claiming, waits for running shards for the grace time, and releases the others without counting an
   * attempt.
   */
  stop(): Promise<void>;
  /** Longest time in milliseconds since a still-running shard was asked to stop; 0 if there is none. */
  stuckMs(): number;
}

const DEFAULT_SHARD_TIMEOUT_MS = 6 * 3_600_000;
const DEFAULT_YIELD_AFTER_MS = 30_000;

/** Starts to claim and run shards of the given kinds. */
export async function runWorker(options: WorkerOptions): Promise<Worker> {
  return new ShardWorker(options).start();
}

class ShardWorker implements Worker {
  private readonly ledger: ShardLedger;
  private readonly kinds: Registry<JobKind & { readonly key: string }>;
  private readonly active = new Map<ActiveShard, Promise<void>>();
  private readonly loop: WakeLoop;
  private readonly logger: Logger;
  private readonly leaseMs: number;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stages: Readonly<Record<string, readonly string[]>>;
  private listening: Listening | undefined;
  /** Time when the worker was last busy. */
  private busyMs = performance.now();
  private hasWorked = false;
  private broken = false;

  constructor(private readonly options: WorkerOptions) {
    const { db, logger = silentLogger, leaseMs = 30_000, pollMs = 1_000 } = options;
    this.leaseMs = leaseMs;
    this.logger = logger.child({ worker_id: options.workerId });
    this.ledger = new ShardLedger(new JobLedger(db, options.settled));
    this.kinds = new Registry(
      'job kind',
      options.kinds.map((kind: JobKind) => ({ ...kind, key: kind.kind })),
    );
    this.stages = Object.fromEntries(
      options.kinds.map((kind: JobKind) => [kind.kind, kind.stages.map((stage) => stage.name)]),
    );
    this.loop = new WakeLoop({
      db,
      pollMs,
      channel: jobChannel(db.schema),
      concerns: (payload) => parseSignal(payload).what === 'queued',
      work: () => this.claim(),
      onError: (error) => {
        this.logger.warn({ err: error }, 'no work could be claimed; trying again');
      },
    });
  }

  async start(): Promise<this> {
    const { db } = this.options;
    this.listening = await db.listen(jobChannel(db.schema), (payload) => {
      this.heard(payload);
    });
    this.timers.push(
      setInterval(
        () => {
          this.beat();
        },
        Math.min(1_000, this.leaseMs / 4),
      ),
    );
    this.timers.push(
      setInterval(() => {
        void this.reconcile();
      }, this.leaseMs / 2),
    );
    this.timers.push(
      setInterval(
        () => {
          void this.yieldShard();
        },
        Math.min(5_000, Math.max(1_000, this.options.yieldAfterMs ?? DEFAULT_YIELD_AFTER_MS)),
      ),
    );
    await this.loop.start();
    return this;
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await Promise.race([this.idle(), sleep(this.options.graceMs ?? 5_000, undefined, { ref: false })]);
    for (const shard of this.active.keys()) shard.interrupt(workerStopping());
    await Promise.race([this.idle(), sleep(2_000, undefined, { ref: false })]);
    for (const timer of this.timers) clearInterval(timer);
    await this.listening?.stop();
    // A handler that ignores the signal still loses its shard; the token keeps it from writing.
    for (const shard of this.active.keys())
      await this.ledger.release(shard.lease, workerStopping()).catch(() => undefined);
  }

  stuckMs(): number {
    return Math.max(0, ...[...this.active.keys()].map((shard) => shard.stoppingMs));
  }

  /** Calls `idle` if nothing is queued or running, and that for long enough. */
  private tellIdle(): void {
    const { idle } = this.options;
    if (this.active.size > 0) this.busyMs = performance.now();
    if (idle === undefined || performance.now() - this.busyMs < idle.afterMs) return;
    this.broken = true;
    idle.then();
  }

  private async idle(): Promise<void> {
    while (this.active.size > 0) await Promise.all(this.active.values());
  }

  private async claim(): Promise<boolean> {
    if (this.broken || this.active.size >= (this.options.concurrency ?? 1)) return false;
    const { hasWorked } = this;
    if (
      this.active.size === 0 &&
      this.options.retire?.isDue({ idleMs: performance.now() - this.busyMs, hasWorked }) === true
    ) {
      this.broken = true;
      this.options.retire.then();
      return false;
    }
    const lease = await claimShard(this.options.db, {
      stages: this.stages,
      workerId: this.options.workerId,
      leaseMs: this.leaseMs,
      device: this.options.device ?? 'cpu',
    });
    lastBeat.setToCurrentTime({ service: this.options.db.schema });
    if (lease === undefined) {
      this.tellIdle();
      return false;
    }
    this.hasWorked = true;
    const shard = new ActiveShard(lease, this.ledger, this.leaseMs);
    const observed = observeAttempt({
      service: this.options.db.schema,
      lease,
      stage: this.kinds.get(lease.kind).stages[lease.stage]!.name,
    });
    this.active.set(
      shard,
      observed(() =>
        runWithFields({ job_id: lease.jobId, team_id: lease.teamId }, () => this.work(shard)),
      ).finally(() => {
        this.active.delete(shard);
        this.busyMs = performance.now();
        this.loop.wake();
      }),
    );
    return true;
  }

  private async work(shard: ActiveShard): Promise<AttemptEnd> {
    const { lease } = shard;
    const kind = this.kinds.get(lease.kind);
    const stage = kind.stages[lease.stage]!;
    const fields = { kind: lease.kind, stage: stage.name, shard: lease.index, attempt: lease.attempt };
    this.logger.debug(fields, 'shard claimed');
    try {
      const outcome = await stage.run(shard.context(stage.name));
      await persist(() => this.ledger.finish(lease, kind, outcome));
      this.logger.debug(fields, 'shard done');
      return { outcome: 'done' };
    } catch (error) {
      const reason: unknown = shard.signal.aborted ? shard.signal.reason : error;
      this.logger.info({ ...fields, err: reason }, 'shard not finished');
      await persist(() => this.giveUp(lease, kind, reason)).catch((failure: unknown) => {
        if (!isLeaseLost(failure))
          this.logger.warn(
            { ...fields, err: failure },
            'the end of a shard could not be written; its lease will end',
          );
      });
      if (isDeviceLost(reason)) this.tellGone(reason as Error);
      return { outcome: toOutcome(reason), error: reason };
    }
  }

  private tellGone(error: Error): void {
    if (this.broken) return;
    this.broken = true;
    this.options.deviceGone?.(error);
  }

  private async giveUp(lease: ShardLease, kind: JobKind, error: unknown): Promise<void> {
    if (isLeaseLost(error)) return;
    if (isInterruption(error)) await this.ledger.release(lease, error as Error);
    else await this.ledger.fail(lease, kind, error);
  }

  private beat(): void {
    const { shardTimeoutMs = DEFAULT_SHARD_TIMEOUT_MS } = this.options;
    for (const shard of this.active.keys()) {
      if (shard.unprogressedMs > shardTimeoutMs && !shard.signal.aborted)
        this.timeOut(shard, shardTimedOut(shardTimeoutMs));
      void shard.beat();
    }
  }

  /** Fails the job at once: a handler that ignores its signal must not keep it running. */
  private timeOut(shard: ActiveShard, error: Error): void {
    shard.interrupt(error);
    void persist(() => this.giveUp(shard.lease, this.kinds.get(shard.lease.kind), error)).catch(
      (failure: unknown) => {
        if (!isLeaseLost(failure))
          this.logger.warn(
            { err: failure },
            'the timeout of a shard could not be written; its lease will end',
          );
      },
    );
  }

  private heard(payload: string | undefined): void {
    const { what, jobId } = parseSignal(payload ?? '');
    for (const shard of this.active.keys()) {
      if (payload === undefined) void shard.beat(true);
      else if (what === 'stop' && shard.lease.jobId === jobId) shard.interrupt(jobCancelled(jobId));
    }
  }

  /** Extends the own leases first: a process that was paused must not take its own shards for lost ones. */
  private async reconcile(): Promise<void> {
    try {
      await Promise.all([...this.active.keys()].map((shard) => shard.beat()));
      await reconcile(this.options.db, this.ledger, this.options.kinds as readonly JobKind[]);
    } catch (error) {
      this.logger.warn({ err: error }, 'dead leases could not be looked for; trying again');
    }
  }

  /** Releases a shard if a team waits for its first worker and the shard's team holds the most workers. */
  private async yieldShard(): Promise<void> {
    const { db, kinds, device = 'cpu', yieldAfterMs = DEFAULT_YIELD_AFTER_MS } = this.options;
    if (this.active.size === 0) return;
    try {
      const token = await findShardToYield(db, {
        kinds: kinds.map((kind: JobKind) => kind.kind),
        afterMs: yieldAfterMs,
        device,
      });
      for (const shard of this.active.keys()) {
        if (shard.lease.token === token && !shard.signal.aborted) shard.interrupt(shardYielded());
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'teams without a worker could not be looked for; trying again');
    }
  }
}
