import { Worker } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import { type Answer, fromPlain, type Order, type ThreadTask } from './thread-messages.js';

/** How long a thread waits for its next task, and the maximum number of waiting threads of a process. */
const REST_MS = 60_000;
const MAX_RESTING = 16;

/** Idle threads, the most recently used last. */
const resting: TaskThread[] = [];

/**
 * A thread that runs one task after the other. Starting a thread costs 40 ms of processor time and loses the
 * code that V8 has optimised.
 */
export class TaskThread {
  private readonly worker: Worker;
  /** Receives the thread's reply, or the reason of its end. */
  private take: ((answer: Answer | Error) => void) | undefined;
  private ended = false;
  private rest: NodeJS.Timeout | undefined;

  private constructor(private readonly script: string) {
    this.worker = new Worker(new URL(script));
    this.worker.on('message', (answer: Answer) => this.take?.(answer));
    this.worker.on('error', (error) =>
      this.take?.(error instanceof Error ? error : new Error(String(error))),
    );
    this.worker.once('exit', (code) => {
      this.leave();
      this.take?.(
        new DomainError(
          'unavailable',
          'THREAD_ENDED',
          `a worker thread ended with code ${code} before its task; it may be tried again`,
        ),
      );
    });
  }

  /** Returns an idle thread of that script, or a new one. */
  static of(script: URL): TaskThread {
    const at = resting.findLastIndex((thread) => thread.script === script.href);
    const thread = at < 0 ? new TaskThread(script.href) : resting.splice(at, 1)[0]!;
    clearTimeout(thread.rest);
    thread.worker.ref();
    return thread;
  }

  /**
   * Returns the result of a task. Rejects with the DomainError that it throws, with the reason of the
   * thread's end, or with `unavailable` THREAD_ENDED.
   */
  async run(task: ThreadTask, onMessage?: (message: unknown) => void): Promise<unknown> {
    try {
      return await new Promise((resolve, reject) => {
        this.take = (answer) => {
          if (answer instanceof Error) reject(answer);
          else if ('said' in answer) onMessage?.(answer.said);
          else if ('returned' in answer) resolve(answer.returned);
          else reject(fromPlain(answer.thrown));
        };
        this.order(task);
      });
    } finally {
      this.take = undefined;
    }
  }

  /** Asks the running task to stop. */
  stop(): void {
    this.order('stop');
  }

  /**
   * Waits for the next task without keeping the process alive. Where too many wait, the one that waits longest ends.
   */
  giveBack(): void {
    if (this.ended) return;
    if (resting.length >= MAX_RESTING) resting[0]!.end();
    this.worker.unref();
    this.rest = setTimeout(() => {
      this.end();
    }, REST_MS).unref();
    resting.push(this);
  }

  end(): void {
    this.leave();
    void this.worker.terminate();
  }

  /** Removes the thread from the pool. */
  private leave(): void {
    this.ended = true;
    if (resting.includes(this)) resting.splice(resting.indexOf(this), 1);
  }

  private order(order: Order): void {
    this.worker.postMessage(order);
  }
}
