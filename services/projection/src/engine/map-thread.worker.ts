import { serveTasks, type TaskControl } from '@noema/threads';
import { type MapResult, computeMap, type MapInput } from '../map/map.js';
import { type ProjectionResult, projectPoints, type ProjectionInput } from '../projection/projection.js';
import type { MapMessage } from './map.message.js';

/** A layout is shown no more often, so a short one never. */
const BETWEEN_SHOWS_MS = 2_000;
/** A layout of 500 steps takes less than a second: not each of them is reported. */
const BETWEEN_WORDS_MS = 50;

serveTasks({ map, places });

function map(input: MapInput, { say, signal }: TaskControl): Promise<MapResult> {
  let shownMs = performance.now();
  return computeMap(input, {
    signal,
    onProgress: progressTo(say),
    onShow: (coordinates) => {
      if (performance.now() - shownMs < BETWEEN_SHOWS_MS) return;
      shownMs = performance.now();
      say({ type: 'shown', coordinates } satisfies MapMessage);
    },
  });
}

function places(input: ProjectionInput, { say, signal }: TaskControl): Promise<ProjectionResult> {
  return projectPoints(input, { signal, onProgress: progressTo(say) });
}

function progressTo(
  say: (message: MapMessage) => void,
): (done: number, total: number, unit: string, message: string) => void {
  let told = { message: '', atMs: 0 };
  return (done, total, unit, message) => {
    if (message === told.message && done < total && performance.now() - told.atMs < BETWEEN_WORDS_MS) return;
    told = { message, atMs: performance.now() };
    say({ type: 'progress', done, total, unit, message });
  };
}
