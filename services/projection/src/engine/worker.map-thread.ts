import { Worker } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import type { MapControl, MapThread } from '../domain/exploration.ports.js';
import type { MadeMap, MapInput } from '../domain/map.maker.js';
import type { MadePlaces, PlacesInput } from '../domain/places.maker.js';
import { fromPlain, type MapMessage, type MapWork } from './map.message.js';

/** How long a thread may take to stop by itself before it is ended. */
const GRACE_MS = 5_000;

/** Makes maps in a thread of their own, so that heartbeats and cancels are never late. */
export class WorkerMapThread implements MapThread {
  async make(input: MapInput, control: MapControl): Promise<MadeMap> {
    return (await this.run({ type: 'map', input }, control)) as MadeMap;
  }

  async place(input: PlacesInput, control: MapControl): Promise<MadePlaces> {
    return (await this.run({ type: 'places', input }, control)) as MadePlaces;
  }

  private async run(work: MapWork, control: MapControl): Promise<MadeMap | MadePlaces> {
    const { signal } = control;
    signal.throwIfAborted();
    const worker = new Worker(new URL('./map.worker.js', import.meta.url), { workerData: work });
    let cut: NodeJS.Timeout | undefined;
    const stop = (): void => {
      worker.postMessage('abort');
      cut = setTimeout(() => { void worker.terminate(); }, GRACE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<MadeMap | MadePlaces>((resolve, reject) => {
        let made: MadeMap | MadePlaces | undefined;
        let failure: Error | undefined;
        worker.on('message', (message: MapMessage) => {
          if (message.type === 'progress') control.progress(message.done, message.total, message.unit, message.message);
          else if (message.type === 'shown') control.show?.(message.coordinates);
          else if (message.type === 'made') made = message.made;
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
