import { Worker } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import type { MapControl, MapThread } from '../domain/exploration.ports.js';
import type { MadeMap, MapInput } from '../domain/map.maker.js';
import { fromPlain, type MapMessage } from './map.message.js';

/** How long a thread may take to stop by itself before it is ended. */
const GRACE_MS = 5_000;

/** Makes maps in a thread of their own, so that heartbeats and cancels are never late. */
export class WorkerMapThread implements MapThread {
  async make(input: MapInput, control: MapControl): Promise<MadeMap> {
    const { signal } = control;
    signal.throwIfAborted();
    const worker = new Worker(new URL('./map.worker.js', import.meta.url), { workerData: input });
    let cut: NodeJS.Timeout | undefined;
    const stop = (): void => {
      worker.postMessage('abort');
      cut = setTimeout(() => { void worker.terminate(); }, GRACE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<MadeMap>((resolve, reject) => {
        let made: MadeMap | undefined;
        let failure: Error | undefined;
        worker.on('message', (message: MapMessage) => {
          if (message.type === 'progress') control.progress(message.done, message.total, message.unit, message.message);
          else if (message.type === 'shown') control.show?.(message.coordinates);
          else if (message.type === 'made') made = message.map;
          else failure = fromPlain(message.error);
        });
        worker.on('error', (error) => { failure ??= error instanceof Error ? error : new Error(String(error)); });
        // Only when it is gone does its memory belong to us again.
        worker.on('exit', (code) => {
          if (signal.aborted) reject(signal.reason as Error);
          else if (made !== undefined) resolve(made);
          else reject(failure ?? new DomainError('unavailable', 'MAP_THREAD_ENDED', `the thread of the map ended with code ${code}; it is tried again`));
        });
      });
    } finally {
      clearTimeout(cut);
      signal.removeEventListener('abort', stop);
    }
  }
}
