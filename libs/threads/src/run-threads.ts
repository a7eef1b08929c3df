import { cancelled } from '@noema/kernel';
import { TaskThread } from './task-thread.js';

export interface ThreadOptions {
  /** The module of the thread, which calls `serveTasks`. */
  readonly script: URL;
  /** Name of the task. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  readonly onMessage?: (message: unknown) => void;
}

export interface ThreadGroupOptions extends ThreadOptions {
  /** Input of each thread; one thread per entry. */
  readonly tasks: readonly unknown[];
  /** Called on abort, before waiting for the threads. Without it they are terminated. */
  readonly onAbort?: () => void;
}

/**
 * Runs tasks concurrently, each in a thread, until all have ended. A failure ends all of them with its error.
 * Returns their results. Rejects with `cancelled` when the signal aborts.
 */
export async function runThreads<T>({
  script,
  name,
  tasks,
  signal,
  onAbort,
  onMessage,
}: ThreadGroupOptions): Promise<T[]> {
  if (signal?.aborted) throw cancelled('the computation');
  const threads = tasks.map(() => TaskThread.of(script));
  const end = (): void => {
    for (const thread of threads) thread.end();
  };
  const abort = onAbort ?? end;
  signal?.addEventListener('abort', abort, { once: true });
  const failures: unknown[] = [];
  const returned = await Promise.all(
    threads.map(async (thread, at) => {
      try {
        return await thread.run({ name, data: tasks[at] }, onMessage);
      } catch (error) {
        failures.push(error);
        end();
        return undefined;
      }
    }),
  );
  signal?.removeEventListener('abort', abort);
  for (const thread of threads) thread.giveBack();
  if (signal?.aborted) throw cancelled('the computation');
  if (failures.length > 0) throw failures[0];
  return returned as T[];
}

/**
 * Runs one task in a thread and returns its result. On abort the task is asked to stop, terminated after
 * `graceMs` (default: 0), and the call rejects with the signal's reason.
 */
export async function runInThread<T>({
  script,
  name,
  data,
  signal,
  graceMs = 0,
  onMessage,
}: ThreadOptions & { readonly data: unknown; readonly graceMs?: number }): Promise<T> {
  signal?.throwIfAborted();
  const thread = TaskThread.of(script);
  let cut: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (graceMs === 0) thread.end();
    else {
      thread.stop();
      cut = setTimeout(() => {
        thread.end();
      }, graceMs);
    }
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const returned = await thread.run({ name, data }, onMessage);
    signal?.throwIfAborted();
    return returned as T;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(cut);
    signal?.removeEventListener('abort', stop);
    thread.giveBack();
  }
}
