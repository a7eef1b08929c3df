import { runInThread } from '@noema/threads';
import type { MapControl, MapThread } from '../domain/exploration.ports.js';
import type { MapResult, MapInput } from '../domain/map.maker.js';
import type { ProjectionResult, PlacesInput } from '../domain/places.maker.js';
import type { MapMessage } from './map.message.js';

const THREAD = new URL('./map.worker.js', import.meta.url);
/** How long a thread may take to stop by itself before it is ended. */
const GRACE_MS = 5_000;

/** Makes maps in a thread of their own, so that heartbeats and cancels are never late. */
export class WorkerMapThread implements MapThread {
  make(input: MapInput, control: MapControl): Promise<MapResult> {
    return run('map', input, control);
  }

  place(input: PlacesInput, control: MapControl): Promise<ProjectionResult> {
    return run('places', input, control);
  }
}

function run<T>(name: 'map' | 'places', data: MapInput | PlacesInput, control: MapControl): Promise<T> {
  return runInThread({
    script: THREAD,
    name,
    data,
    signal: control.signal,
    graceMs: GRACE_MS,
    onMessage: (something) => {
      const message = something as MapMessage;
      if (message.type === 'shown') control.show?.(message.coordinates);
      else control.progress(message.done, message.total, message.unit, message.message);
    },
  });
}
