import { Injectable } from '@nestjs/common';
import { runInThread } from '@noema/threads';
import type { MapControl, MapInput, MapResult } from '../map/map.js';
import type { ProjectionInput, ProjectionResult } from '../projection/projection.js';
import type { MapMessage } from './map.message.js';

const THREAD = new URL('./map-thread.worker.js', import.meta.url);
/** How long a thread may take to stop by itself before it is ended. */
const GRACE_MS = 5_000;

/**
 * Makes maps in a thread of their own, so that heartbeats and cancels are never late. Throws `cancelled` within
 * one epoch of the signal.
 */
@Injectable()
export class MapThread {
  make(input: MapInput, control: MapControl): Promise<MapResult> {
    return run('map', input, control);
  }

  /** Places new vectors in a made map. */
  place(input: ProjectionInput, control: MapControl): Promise<ProjectionResult> {
    return run('places', input, control);
  }
}

function run<T>(name: 'map' | 'places', data: MapInput | ProjectionInput, control: MapControl): Promise<T> {
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
