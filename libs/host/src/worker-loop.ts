import { hostname } from 'node:os';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { type AnyJobKind, runWorker, type Worker, type WorkerOptions } from '@noema/jobs';
import { DomainError } from '@noema/kernel';
import type { Host } from './host.js';
import { deviceOf } from './settings.js';

/** Work has to stop within one batch; whatever takes so much longer never will. */
const STUCK_MS = 120_000;
/** After so long without work a worker may hold one part in `REST_SHARE` of its memory. */
const REST_MS = 15_000;
const REST_SHARE = 4;

/** Claims shards from the start of a worker application to its shutdown. */
export class WorkerLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopped: Promise<void> | undefined;
  private worker: Worker | undefined;
  private idle: () => void = () => undefined;
  private broken: (error: Error) => void = () => undefined;
  /**
   * Resolves when there was no work for as long as the setting `workerIdleExitMs` says; rejects when the
   * worker's device is gone, so that another process is started on one that works.
   */
  readonly finished = new Promise<void>((resolve, reject) => {
    [this.idle, this.broken] = [resolve, reject];
  });

  constructor(
    private readonly host: Host,
    private readonly kinds: readonly AnyJobKind[],
    private readonly settled: WorkerOptions['settled'],
  ) {
    this.finished.catch(() => undefined); // for whoever does not wait for it
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger } = this.host;
    if (this.kinds.length === 0)
      throw new Error(`the worker of ${this.host.name} can do nothing; give HostModule its job kinds`);
    this.worker = await runWorker({
      db: this.host.database(),
      kinds: this.kinds,
      logger,
      workerId: `${hostname()}:${process.pid}`,
      ...(config.workerConcurrency !== undefined && { concurrency: config.workerConcurrency }),
      ...(config.workerLeaseMs !== undefined && { leaseMs: config.workerLeaseMs }),
      ...(config.workerShardTimeoutMs !== undefined && { shardTimeoutMs: config.workerShardTimeoutMs }),
      ...(config.workerYieldMs !== undefined && { yieldAfterMs: config.workerYieldMs }),
      ...(config.drainMs !== undefined && { graceMs: config.drainMs }),
      ...(config.engineBackend !== undefined && { device: deviceOf(config.engineBackend) }),
      deviceGone: this.broken,
      ...(this.settled && { settled: this.settled }),
      ...(this.host.ownsProcess &&
        config.workerBytes !== undefined && {
          retire: { isDue: (idleMs) => this.isTooLarge(config.workerBytes!, idleMs), then: this.idle },
        }),
      ...((config.workerIdleExitMs ?? 0) > 0 && {
        idle: { afterMs: config.workerIdleExitMs!, then: this.idle },
      }),
    });
    this.host.onClose(() => this.stop());
  }

  /**
   * Throws `unavailable` SHARD_STUCK when a shard that was told to stop has not stopped for minutes: its
   * worker claims nothing any more.
   */
  mustMove(): void {
    const stuckMs = this.worker?.stuckMs() ?? 0;
    if (stuckMs > STUCK_MS)
      throw new DomainError(
        'unavailable',
        'SHARD_STUCK',
        `a shard was told to stop ${Math.round(stuckMs / 1000)} s ago and still runs`,
      );
  }

  /** What work took and the allocator keeps goes back to the system only with the process. */
  private isTooLarge(workerBytes: number, idleMs: number): boolean {
    const resting = idleMs > REST_MS;
    const bytes = process.memoryUsage.rss();
    const limit = resting ? workerBytes / REST_SHARE : workerBytes;
    if (bytes <= limit) return false;
    this.host.logger.info(
      { bytes, limit, idle_ms: Math.round(idleMs) },
      'the worker ends to give back its memory',
    );
    return true;
  }

  /** Claims no more, finishes the shard or gives it back without counting an attempt. */
  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  private stop(): Promise<void> {
    return (this.stopped ??= this.worker?.stop() ?? Promise.resolve());
  }
}
