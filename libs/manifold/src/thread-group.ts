import { availableParallelism } from 'node:os';
import { cancelled } from '@noema/kernel';
import { PoolThread } from './thread-pool.js';
import type { TaskName } from './thread-tasks.js';

export interface ThreadGroupOptions {
  readonly name: TaskName;
  /** What each thread gets; one thread for each. */
  readonly tasks: readonly unknown[];
  readonly signal?: AbortSignal | undefined;
  /** Called at abort, before the threads are waited for; without it they are ended. */
  readonly onAbort?: () => void;
  readonly onMessage?: (message: unknown) => void;
}

/** How many threads to use for this much work when the caller does not say. */
export function threadsFor(requested: number | undefined, useful: number): number {
  return Math.max(1, Math.min(requested ?? availableParallelism(), useful));
}

/** Runs tasks side by side, each in a thread, until all have ended; one that fails ends all, with its error. Rejects with `cancelled` when the signal fires. */
export async function runThreads({ name, tasks, signal, onAbort, onMessage }: ThreadGroupOptions): Promise<void> {
  if (signal?.aborted) throw cancelled('the computation');
  const threads = tasks.map(() => PoolThread.take());
  const end = (): void => { for (const thread of threads) thread.end(); };
  const abort = onAbort ?? end;
  signal?.addEventListener('abort', abort, { once: true });
  let failure: Error | undefined;
  await Promise.all(threads.map(async (thread, at) => {
    try {
      await thread.run({ name, data: tasks[at] }, onMessage);
    } catch (error) {
      failure ??= error as Error;
      end();
    }
  }));
  signal?.removeEventListener('abort', abort);
  for (const thread of threads) thread.giveBack();
  if (signal?.aborted) throw cancelled('the computation');
  if (failure !== undefined) throw failure;
}

/** A copy of a typed array in memory that threads share. */
export function shared<T extends Float32Array | Float64Array | Int32Array>(array: T): T {
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
