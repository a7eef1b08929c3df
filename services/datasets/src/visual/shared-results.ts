import { LruCache } from '@noema/kernel';

interface Work {
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Results that were used last, up to a total size; callers who ask for the same one at once wait for the same
 * work, which stops when the last of them has left.
 */
export class SharedResults<T> {
  private readonly kept: LruCache<T>;
  private readonly running = new Map<string, Work>();

  constructor(limitBytes: number, sizeBytes: (result: T) => number) {
    this.kept = new LruCache(limitBytes, { weigh: sizeBytes });
  }

  /**
   * The result of this key, made when it is not there. Throws the reason of the signal as soon as it aborts.
   */
  async get(key: string, signal: AbortSignal, make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const result = this.kept.get(key, () => this.begin(key, make));
      const work = this.running.get(key);
      if (work === undefined) return result;
      if (!work.stop.signal.aborted) return this.wait(work, result, signal);
      // Everybody else has left just now; once that work has ended, ours can begin.
      await result.catch(() => undefined);
    }
  }

  private async begin(key: string, make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const work: Work = { stop: new AbortController(), waiting: 0 };
    this.running.set(key, work);
    try {
      return await make(work.stop.signal);
    } finally {
      this.running.delete(key);
    }
  }

  private wait(work: Work, result: Promise<T>, signal: AbortSignal): Promise<T> {
    work.waiting++;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        if (--work.waiting === 0) work.stop.abort(signal.reason);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      result.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', leave);
      });
    });
  }
}
