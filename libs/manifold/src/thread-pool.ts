import { Worker } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import type { ThreadMessage, ThreadTask } from './thread-tasks.js';

/** How long a thread waits for its next task, and how many wait at most. */
const REST_MS = 30_000;
const MOST_RESTING = 16;

/** Threads without a task, the one that rested last at the end. */
const resting: PoolThread[] = [];

/** A thread of the process that runs one task after the other: a start costs 40 processor-milliseconds, and what V8 has optimised by then is lost with the thread. */
export class PoolThread {
  private readonly worker = new Worker(new URL('./thread.worker.js', import.meta.url));
  /** Ends the task that it runs, with whether it is done. */
  private settle: ((whole: boolean) => void) | undefined;
  private ended = false;
  private rest: NodeJS.Timeout | undefined;

  private constructor() {
    this.worker.once('exit', () => {
      this.ended = true;
      if (resting.includes(this)) resting.splice(resting.indexOf(this), 1);
      this.settle?.(false);
    });
    // Of a thread that fails while it rests nobody waits for anything.
    this.worker.on('error', () => undefined);
  }

  /** A thread that rests, or a new one. */
  static take(): PoolThread {
    const thread = resting.pop() ?? new PoolThread();
    clearTimeout(thread.rest);
    thread.worker.ref();
    return thread;
  }

  /** Runs a task to its end; rejects with what it throws, or `internal` THREAD_ENDED, when the thread has gone. */
  async run(task: ThreadTask, onMessage: ((message: unknown) => void) | undefined): Promise<void> {
    const { worker } = this;
    let failure: Error | undefined;
    const fail = (error: unknown): void => { failure = error instanceof Error ? error : new Error(String(error)); };
    worker.on('error', fail);
    const whole = await new Promise<boolean>((resolve) => {
      this.settle = resolve;
      worker.on('message', (message: ThreadMessage) => {
        if (message === 'done') resolve(true);
        else onMessage?.(message.said);
      });
      worker.postMessage(task);
    });
    this.settle = undefined;
    worker.off('error', fail).removeAllListeners('message');
    if (!whole) throw failure ?? new DomainError('internal', 'THREAD_ENDED', 'a worker thread ended before its task');
  }

  /** Waits for the next task; does not keep the process alive. */
  giveBack(): void {
    if (this.ended) return;
    if (resting.length >= MOST_RESTING) this.end();
    else {
      this.worker.unref();
      this.rest = setTimeout(() => { this.end(); }, REST_MS).unref();
      resting.push(this);
    }
  }

  end(): void {
    this.ended = true;
    void this.worker.terminate();
  }
}
