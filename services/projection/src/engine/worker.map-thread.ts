import { Worker } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import type { MapControl, MapThread } from '../domain/exploration.ports.js';
import type { MadeMap, MapInput } from '../domain/map.maker.js';
import type { MadePlaces, PlacesInput } from '../domain/places.maker.js';
import { fromPlain, type MapMessage, type MapWork } from './map.message.js';

/** How long a thread may take to stop by itself before it is ended. */
const GRACE_MS = 5_000;

/** How long a thread waits for the next map. */
const REST_MS = 60_000;

/** Makes maps in a thread of their own, so that heartbeats and cancels are never late. The thread makes the next map too: its code is read and optimised by then. */
export class WorkerMapThread implements MapThread {
  private resting: { readonly worker: Worker; readonly end: NodeJS.Timeout } | undefined;

  async make(input: MapInput, control: MapControl): Promise<MadeMap> {
    return (await this.run({ type: 'map', input }, control)) as MadeMap;
  }

  async place(input: PlacesInput, control: MapControl): Promise<MadePlaces> {
    return (await this.run({ type: 'places', input }, control)) as MadePlaces;
  }

  private async run(work: MapWork, control: MapControl): Promise<MadeMap | MadePlaces> {
    const { signal } = control;
    signal.throwIfAborted();
    const worker = this.take();
    let cut: NodeJS.Timeout | undefined;
    const stop = (): void => {
      worker.postMessage('abort');
      cut = setTimeout(() => { void worker.terminate(); }, GRACE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<MadeMap | MadePlaces>((resolve, reject) => {
        let failure: Error | undefined;
        worker.on('message', (message: MapMessage) => {
          if (message.type === 'progress') control.progress(message.done, message.total, message.unit, message.message);
          else if (message.type === 'shown') control.show?.(message.coordinates);
          else {
            this.giveBack(worker);
            if (signal.aborted) reject(signal.reason as Error);
            else if (message.type === 'made') resolve(message.made);
            else reject(fromPlain(message.error));
          }
        });
        worker.on('error', (error) => { failure ??= error instanceof Error ? error : new Error(String(error)); });
        worker.on('exit', (code) => {
          if (signal.aborted) reject(signal.reason as Error);
          else reject(failure ?? new DomainError('unavailable', 'MAP_THREAD_ENDED', `the thread of the map ended with code ${code}; it is tried again`));
        });
        worker.postMessage(work);
      });
    } finally {
      clearTimeout(cut);
      signal.removeEventListener('abort', stop);
    }
  }

  private take(): Worker {
    const { resting } = this;
    this.resting = undefined;
    if (resting === undefined) return new Worker(new URL('./map.worker.js', import.meta.url));
    clearTimeout(resting.end);
    resting.worker.removeAllListeners('exit').removeAllListeners('error').ref();
    return resting.worker;
  }

  /** One thread waits for more; it does not keep the process alive. */
  private giveBack(worker: Worker): void {
    worker.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error');
    if (this.resting !== undefined) {
      void worker.terminate();
      return;
    }
    const forget = (): void => { if (this.resting?.worker === worker) this.resting = undefined; };
    worker.once('exit', forget).once('error', forget).unref();
    this.resting = { worker, end: setTimeout(() => { void worker.terminate(); }, REST_MS).unref() };
  }
}
