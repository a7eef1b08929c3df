import { hostname } from 'node:os';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { type AnyJobKind, type ClaimMoment, runWorker, type Worker, type WorkerOptions } from '@noema/jobs';
import { DomainError } from '@noema/kernel';
import type { Host } from './host.js';
import type { JobWorker } from './job-worker.js';
import { toDevice } from './settings.js';
import { WorkerMemory } from './worker-memory.js';

/** Work must stop within one batch. After this time it will never stop. */
const STUCK_MS = 120_000;

/** Claims shards from the start of a worker application to its shutdown. */
export class WorkerLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopped: Promise<void> | undefined;
  private worker: Worker | undefined;
  private idle: () => void = () => undefined;
  private broken: (error: Error) => void = () => undefined;
  private readonly memory: WorkerMemory;
  /**
   * Resolves when there was no work for `workerIdleExitMs`. Rejects when the worker's device is lost, so that
   * a new process starts on a working one.
   */
  readonly finished = new Promise<void>((resolve, reject) => {
    [this.idle, this.broken] = [resolve, reject];
  });

  constructor(
    private readonly host: Host,
    private readonly findWorkers: () => readonly JobWorker[],
    private readonly parts: {
      readonly kinds?: readonly AnyJobKind[];
      readonly settled?: WorkerOptions['settled'];
    },
  ) {
    this.finished.catch(() => undefined); // for whoever does not wait for it
    this.memory = new WorkerMemory(host.config.workerBytes);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger } = this.host;
    const workers = this.findWorkers();
    const { kinds = workers.map(({ kind }) => kind) } = this.parts;
    if (kinds.length === 0)
      throw new Error(`the worker of ${this.host.name} has no kind of job; provide a JobWorker`);
    this.worker = await runWorker({
      db: this.host.database(),
      kinds,
      logger,
      workerId: `${hostname()}:${process.pid}`,
      ...(config.workerConcurrency !== undefined && { concurrency: config.workerConcurrency }),
      ...(config.workerLeaseMs !== undefined && { leaseMs: config.workerLeaseMs }),
      ...(config.workerShardTimeoutMs !== undefined && { shardTimeoutMs: config.workerShardTimeoutMs }),
      ...(config.workerYieldMs !== undefined && { yieldAfterMs: config.workerYieldMs }),
      ...(config.drainMs !== undefined && { graceMs: config.drainMs }),
      ...(config.engineBackend !== undefined && { device: toDevice(config.engineBackend) }),
      deviceGone: this.broken,
      settled:
        this.parts.settled ??
        (async (job) => workers.find(({ kind }) => kind.kind === job.kind)?.settled?.(job)),
      ...(this.host.ownsProcess && {
        retire: { isDue: (moment) => this.isTooLarge(moment), then: this.idle },
      }),
      ...((config.workerIdleExitMs ?? 0) > 0 && {
        idle: { afterMs: config.workerIdleExitMs!, then: this.idle },
      }),
    });
    this.host.onClose(() => this.stop());
  }

  /**
   * Throws `unavailable` SHARD_STUCK if a shard has not stopped for minutes after it was asked to. Its worker
   * claims nothing more.
   */
  mustMove(): void {
    const stuckMs = this.worker?.stuckMs() ?? 0;
    if (stuckMs > STUCK_MS)
      throw new DomainError(
        'unavailable',
        'SHARD_STUCK',
        `a shard was signaled to stop ${Math.round(stuckMs / 1000)} s ago and still runs`,
      );
  }

  /** Memory that the allocator retains returns to the system only when the process ends. */
  private isTooLarge(moment: ClaimMoment): boolean {
    const excess = this.memory.excess(moment);
    if (excess === undefined) return false;
    this.host.logger.info(
      { ...excess, idle_ms: Math.round(moment.idleMs) },
      'the worker ends to give back its memory',
    );
    return true;
  }

  /** Claims nothing more, and finishes the shard or releases it without counting an attempt. */
  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  private stop(): Promise<void> {
    return (this.stopped ??= this.worker?.stop() ?? Promise.resolve());
  }
}
