import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from './backoff.js';
import type { AnyDatabase } from './database.js';
import type { Listening } from './listener.js';

export interface WakeLoopOptions {
  readonly db: AnyDatabase;
  /** A notification on this channel wakes the loop. */
  readonly channel: string;
  /** Which payloads concern us; all when left out. */
  readonly concerns?: (payload: string) => boolean;
  /**
   * When to look without being woken: what is due later sends no notification, and notifications may get
   * lost. Four times as long after some looks for nothing.
   */
  readonly pollMs: number;
  /** Does one piece of work; true when there may be more. */
  readonly work: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/**
 * A loop that finds nothing waits longer each time, up to so many times its `pollMs`: dozens of them are idle
 * on a laptop.
 */
const IDLE_GROWTH = 1.5;
const IDLE_MOST = 4;

/**
 * Calls `work` until there is none, then sleeps until a notification or the next poll. One piece at a time;
 * an error is reported and waited out.
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

  /** Looks for work now. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  /** Finishes the current piece and stops. */
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
