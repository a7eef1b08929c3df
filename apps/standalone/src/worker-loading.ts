import { setTimeout as delay } from 'node:timers/promises';
import type { HostedWorker } from './hosting.js';

/** A worker that takes longer to load does not keep the next one waiting. */
const LOADING_MS = 10_000;

type WaitingWorker = Pick<HostedWorker, 'go' | 'onRest'>;

/** The workers of one service. */
export interface WorkerGroup {
  readonly service: string;
  readonly workers: readonly WaitingWorker[];
}

/**
 * Lets workers load when their service has work, together with the workers of the next service: services are in
 * the order in which work comes to them. Few load at the same time, so that cores stay free for loaded workers.
 */
export class WorkerLoading {
  private readonly waiting: WaitingWorker[] = [];
  private readonly wanted = new Set<WaitingWorker>();
  private loading = 0;

  /**
   * `look` has to want a service again whose queue has work: a shard that was queued while its worker ended
   * woke no worker.
   */
  constructor(
    private readonly groups: readonly WorkerGroup[],
    private readonly lanes: number,
    look: (service: string) => void,
  ) {
    for (const { service, workers } of groups)
      for (const worker of workers)
        worker.onRest(() => {
          this.wanted.delete(worker);
          look(service);
        });
  }

  /** Loads the workers of a service that has work, and of the service after it. */
  want(service: string): void {
    const index = this.groups.findIndex((group) => group.service === service);
    for (const { workers } of this.groups.slice(index, index + 2))
      for (const worker of workers) this.add(worker);
  }

  private add(worker: WaitingWorker): void {
    if (this.wanted.has(worker)) return;
    this.wanted.add(worker);
    this.waiting.push(worker);
    while (this.loading < this.lanes && this.waiting.length > 0) void this.drain();
  }

  private async drain(): Promise<void> {
    this.loading++;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift())
      await Promise.race([next.go(), delay(LOADING_MS, undefined, { ref: false })]);
    this.loading--;
  }
}
