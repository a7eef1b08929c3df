import { setTimeout } from 'node:timers/promises';
import { ChildConnection } from './child.connection.js';
import { indexClosed } from './faiss.errors.js';
import type { FaissSettings } from './faiss.library.js';
import type { FaissCall, FaissRequest, FaissResult } from './faiss.messages.js';

export interface Supervision {
  /** Longest time for one answer; a child that is silent for longer is killed. */
  readonly answerMs?: number;
  /** The same for the first answer of a child, which has to start for it. */
  readonly startMs?: number;
  /** Memory that a child may gain over what it had when it was ready, before a fresh one takes its place. */
  readonly growthBytes?: number;
  /** Pause after the first abort in a row; it doubles up to `maxPauseMs`. */
  readonly pauseMs?: number;
  readonly maxPauseMs?: number;
}

export const USUAL: Required<Supervision> = {
  answerMs: 120_000,
  startMs: 120_000,
  growthBytes: 256 * 1024 * 1024,
  pauseMs: 100,
  maxPauseMs: 10_000,
};

interface Life {
  readonly connection: ChildConnection;
  readonly readyBytes: number;
}

/**
 * Keeps one child with one index: starts it at the first call, again (after a pause that grows) when it
 * aborted, and replaces it when it has grown. `prepare` gives every new child its index before anything else
 * is asked.
 */
export class ChildSupervisor {
  /** Children started so far. */
  starts = 0;
  private life: Promise<Life> | undefined;
  private aborts = 0;
  private readonly closing = new AbortController();
  private readonly supervision: Required<Supervision>;
  private readonly alive = new Set<ChildConnection>();

  constructor(
    private readonly settings: FaissSettings,
    private readonly prepare: (call: FaissCall) => Promise<void>,
    supervision: Supervision = {},
  ) {
    this.supervision = { ...USUAL, ...supervision };
  }

  /** Process ids of the children that live. */
  get pids(): readonly number[] {
    return [...this.alive].flatMap(({ pid }) => pid ?? []);
  }

  /** Waits for the first child to have its index; throws what `prepare` throws. */
  async ready(): Promise<void> {
    await (this.life ??= this.begin());
  }

  /** Throws `unavailable` FAISS_DIED, FAISS_SILENT, INDEX_CLOSED; the next call finds a new child. */
  async call<R extends FaissRequest>(request: R): Promise<FaissResult<R>> {
    const mine = (this.life ??= this.begin());
    const { connection, readyBytes } = await mine;
    const result = await connection.call(request);
    this.aborts = 0;
    if (connection.rssBytes > readyBytes + this.supervision.growthBytes && this.life === mine) {
      this.life = undefined;
      connection.drain();
    }
    return result;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.alive].map((connection) => connection.stop()));
  }

  private begin(): Promise<Life> {
    const life = this.start((lost) => {
      if (lost) this.aborts++;
      if (this.life === life) this.life = undefined;
    });
    life.catch(() => {
      if (this.life === life) this.life = undefined;
    });
    return life;
  }

  private async start(ended: (lost: boolean) => void): Promise<Life> {
    await this.pause();
    this.starts++;
    const connection = new ChildConnection(this.settings, this.supervision);
    this.alive.add(connection);
    void connection.ended.then((lost) => {
      this.alive.delete(connection);
      ended(lost);
    });
    try {
      await this.prepare((request) => connection.call(request));
    } catch (error) {
      await connection.stop();
      throw error;
    }
    return { connection, readyBytes: connection.rssBytes };
  }

  private async pause(): Promise<void> {
    const { pauseMs, maxPauseMs } = this.supervision;
    const { signal } = this.closing;
    if (this.aborts > 0)
      await setTimeout(Math.min(maxPauseMs, pauseMs * 2 ** (this.aborts - 1)), undefined, {
        signal,
        ref: false,
      }).catch(() => undefined);
    if (signal.aborted) throw indexClosed();
  }
}
