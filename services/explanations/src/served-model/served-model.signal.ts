import { Inject, Injectable } from '@nestjs/common';
import { type AnyDatabase, Database, type Listening } from '@noema/postgres';

/** Waits for notifications with one key. */
export interface Waiting {
  /** Resolves once a notification has come since the last wait, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Notifications between the API, which has the processes that serve, and the workers, which ask them. */
@Injectable()
export class ServedModelSignal {
  private readonly wakers = new Map<string, Set<() => void>>();
  private listening: Promise<Listening> | undefined;

  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  /** Sends a notification when the ambient transaction commits. */
  send(key: string): void {
    this.db.notify(this.channel, key);
  }

  async listen(key: string): Promise<Waiting> {
    let wake: () => void = () => undefined;
    let changed = false;
    const notify = (): void => {
      changed = true;
      wake();
    };
    const wakers = this.wakers.get(key) ?? new Set();
    this.wakers.set(key, wakers.add(notify));
    await (this.listening ??= this.db.listen(this.channel, (payload) => {
      // Without a payload the connection was lost in between, and anything may have been missed.
      const keys = payload === undefined ? [...this.wakers.keys()] : [payload];
      for (const each of keys) for (const waker of this.wakers.get(each) ?? []) waker();
    }));
    return {
      wait: async (ms, signal) => {
        if (!changed && !signal.aborted)
          await new Promise<void>((resolve) => {
            const done = (): void => {
              clearTimeout(timer);
              signal.removeEventListener('abort', done);
              resolve();
            };
            const timer = setTimeout(done, ms);
            wake = done;
            signal.addEventListener('abort', done, { once: true });
          });
        changed = false;
      },
      stop: () => {
        wakers.delete(notify);
        if (wakers.size === 0 && this.wakers.get(key) === wakers) this.wakers.delete(key);
      },
    };
  }

  private get channel(): string {
    return `noema_served_${this.db.schema}`;
  }
}

export const queriesKey = ({ runId, epoch }: { readonly runId: string; readonly epoch: number }): string =>
  `queries:${runId}/${epoch}`;
export const resultKey = (queryId: string): string => `result:${queryId}`;
