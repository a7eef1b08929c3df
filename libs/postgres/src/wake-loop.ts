import { backoff } from '@noema/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyDatabase } from './database.js';
import type { Listening } from './listener.js';

export interface WakeLoopOptions {
  readonly db: AnyDatabase;
  /** A notification on this channel wakes the loop. */
  readonly channel: string;
  /** Filters the payloads that wake the loop. Default: all. */
  readonly concerns?: (payload: string) => boolean;
  /**
   * Polling interval. Future work sends no notification when it becomes due, and notifications may get lost.
   * The interval grows to four times this while there is nothing to do.
   */
  readonly pollMs: number;
  /** Does one piece of work. Returns true if there may be more. */
  readonly work: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/**
 * Growth of the interval of an idle loop, up to a multiple of `pollMs`: a local platform has dozens of idle
 * loops.
 */
const IDLE_GROWTH = 1.5;
const IDLE_MOST = 4;

/**
 * Calls `work` until there is none left, then sleeps until a notification or the next poll. Runs one piece of
 * work at a time. Reports an error and waits before it continues.
 */
export class WakeLoop {
  private readonly stopping = new AbortController();
  private listening: Listening | undefined;
  private running: Promise<void> = Promise.resolve();
  private wakeUp: () => void = () => undefined;
  private woken = false;

  constructor(private readonly options: WakeLoopOptions) {}

  async start(): Promise<this> {
    const { db, channel, concerns } = this.options;
    this.listening = await db.listen(channel, (payload) => {
      if (payload === undefined || concerns === undefined || concerns(payload)) this.wake();
    });
    this.running = this.loop();
    return this;
  }

  /** Checks for work now. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  /** Finishes the current work and stops. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp();
    await this.listening?.stop();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    let patience = 1;
    while (!signal.aborted) {
      this.woken = false;
      try {
        if (await this.options.work()) {
          patience = 1;
          continue;
        }
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.options.onError(error);
        await backoff(++failures, 50, 2_000, signal).catch(() => undefined);
        continue;
      }
      if (!this.woken) await this.rest(patience * this.options.pollMs);
      patience = this.woken ? 1 : Math.min(IDLE_MOST, patience * IDLE_GROWTH);
    }
  }

  private async rest(ms: number): Promise<void> {
    const awake = new AbortController();
    this.wakeUp = () => {
      awake.abort();
    };
    if (this.stopping.signal.aborted) return;
    await sleep(ms, undefined, { signal: awake.signal }).catch(() => undefined);
    this.wakeUp = () => undefined;
  }
}
