import { rmSync } from 'node:fs';
import { openScratch, type Scratch } from './duckdb.js';

/** How long a scratch database waits for the next table. */
const IDLE_MS = 2_000;

/**
 * Keeps one scratch database open for the next use: opening and closing one takes 30 ms of CPU time, as much as
 * writing thousands of rows. A concurrent use gets a database of its own.
 */
export class IdleScratch {
  private idle: { readonly scratch: Scratch; readonly timer: NodeJS.Timeout } | undefined;
  private readonly removeOnExit = (): void => {
    if (this.idle !== undefined) rmSync(this.idle.scratch.directory, { recursive: true, force: true });
  };

  /** Runs work on a database that is empty, and has to be empty when the work returns. */
  async using<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
    const scratch = this.take() ?? (await openScratch());
    let isClean = false;
    try {
      const result = await work(scratch);
      isClean = true;
      return result;
    } finally {
      if (isClean && this.idle === undefined) this.keep(scratch);
      else await scratch.close();
    }
  }

  private take(): Scratch | undefined {
    const { idle } = this;
    if (idle === undefined) return undefined;
    clearTimeout(idle.timer);
    process.off('exit', this.removeOnExit);
    this.idle = undefined;
    return idle.scratch;
  }

  private keep(scratch: Scratch): void {
    const timer = setTimeout(() => void this.take()?.close(), IDLE_MS).unref();
    this.idle = { scratch, timer };
    process.once('exit', this.removeOnExit);
  }
}
