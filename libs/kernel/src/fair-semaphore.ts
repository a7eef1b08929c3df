import { Reservations } from './reservations.js';

interface Waiter {
  readonly go: (leave: () => void) => void;
}

/**
 * Limits the number of concurrent tasks. Of the waiting keys, the key whose last turn is longest ago goes
 * next. One key alone never runs more than half of the tasks, so that other keys wait for one turn, not for
 * the whole backlog of a busy key.
 */
export class FairSemaphore {
  private readonly running: Reservations;
  /** Waiting tasks by key. The key that had the last turn is last. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(atOnce: number) {
    this.running = new Reservations(atOnce);
  }

  /** Number of waiting tasks. */
  get length(): number {
    return [...this.waiting.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  /**
   * Waits for a turn and returns the function that ends it. Rejects with the reason of the signal if that
   * aborts first.
   */
  async take(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    return this.takeNow(key) ?? this.wait(key, signal);
  }

  /** Takes a turn if one is free; `undefined` when the key would have to wait. */
  takeNow(key: string): (() => void) | undefined {
    const leave = this.waiting.has(key) ? undefined : this.running.take(key);
    return leave === undefined ? undefined : this.ending(leave);
  }

  private wait(key: string, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(key) ?? [];
      const waiter: Waiter = {
        go: (leave) => {
          signal.removeEventListener('abort', gone);
          resolve(this.ending(leave));
        },
      };
      const gone = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0) this.waiting.delete(key);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', gone, { once: true });
      queue.push(waiter);
      this.waiting.set(key, queue);
    });
  }

  private ending(leave: () => void): () => void {
    return () => {
      leave();
      this.next();
    };
  }

  private next(): void {
    for (const [key, queue] of this.waiting) {
      const leave = this.running.take(key);
      if (leave === undefined) continue;
      const waiter = queue.shift()!;
      this.waiting.delete(key);
      if (queue.length > 0) this.waiting.set(key, queue);
      waiter.go(leave);
    }
  }
}
