import type { UserProcess } from './user-process.js';
import type { ReadAhead, ShardRows } from './read-ahead.js';

/** A process that has loaded the data of an ingestion, between two calls. */
export interface WaitingProcess {
  readonly process: UserProcess;
  /** The row after the shard that it encoded last; the first after a plan. */
  readonly nextRow: number;
  /** The shard that it encodes meanwhile. */
  readonly ahead: ReadAhead | undefined;
  /** False once another worker had taken the shard that it encoded ahead. */
  readonly guesses: boolean;
}

/** True where the shard is expected to be followed by the next one here, since it follows the one before. */
export const isInSequence = (waiting: WaitingProcess | undefined, { firstRow }: ShardRows): boolean =>
  waiting?.guesses === true && waiting.nextRow === firstRow;

/** Keeps one process for each ingestion until its next shard, for a limited time. */
export class WaitingProcesses {
  private readonly idle = new Map<
    string,
    { readonly waiting: WaitingProcess; readonly timer: NodeJS.Timeout }
  >();

  constructor(private readonly idleMs: number) {}

  take(key: string): WaitingProcess | undefined {
    const found = this.idle.get(key);
    if (found === undefined) return undefined;
    this.idle.delete(key);
    clearTimeout(found.timer);
    return found.waiting.process.alive ? found.waiting : undefined;
  }

  keep(key: string, waiting: WaitingProcess): void {
    if (this.idle.has(key)) return waiting.process.kill();
    this.idle.set(key, {
      waiting,
      timer: setTimeout(() => {
        this.take(key)?.process.kill();
      }, this.idleMs),
    });
  }

  close(): void {
    for (const { waiting, timer } of this.idle.values()) {
      clearTimeout(timer);
      waiting.process.kill();
    }
    this.idle.clear();
  }
}
