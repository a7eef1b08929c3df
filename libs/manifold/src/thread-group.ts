import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { cancelled, DomainError } from '@noema/kernel';

export interface ThreadGroupOptions {
  readonly entry: URL;
  /** One thread per entry; each gets its entry as workerData. */
  readonly workerData: readonly unknown[];
  readonly signal?: AbortSignal | undefined;
  /** Called at abort, before the threads are waited for; without it they are terminated. */
  readonly onAbort?: () => void;
  readonly onMessage?: (message: unknown) => void;
}

/** How many threads to use for this much work when the caller does not say. */
export function threadsFor(requested: number | undefined, useful: number): number {
  return Math.max(1, Math.min(requested ?? availableParallelism(), useful));
}

/** Runs threads until all have ended; one that fails ends all, with its error. Rejects with `cancelled` when the signal fires. */
export async function runThreads({ entry, workerData, signal, onAbort, onMessage }: ThreadGroupOptions): Promise<void> {
  if (signal?.aborted) throw cancelled('the computation');
  const workers = workerData.map((data) => new Worker(entry, { workerData: data }));
  const terminate = (): void => { for (const worker of workers) void worker.terminate(); };
  const abort = onAbort ?? terminate;
  signal?.addEventListener('abort', abort, { once: true });
  let failure: Error | undefined;
  const ended = workers.map((worker) => new Promise<void>((resolve) => {
    worker.on('error', (error) => {
      failure ??= error instanceof Error ? error : new Error(String(error));
      terminate();
    });
    if (onMessage !== undefined) worker.on('message', onMessage);
    worker.on('exit', (code) => {
      if (code !== 0 && failure === undefined && !signal?.aborted) {
        failure = new DomainError('internal', 'THREAD_ENDED', `a worker thread ended with code ${code}`);
        terminate();
      }
      resolve();
    });
  }));
  await Promise.all(ended);
  signal?.removeEventListener('abort', abort);
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
