import { parentPort, workerData } from 'node:worker_threads';
import { type MadeMap, makeMap, type MapInput } from '../domain/map.maker.js';
import { makePlaces } from '../domain/places.maker.js';
import { type MapMessage, type MapWork, toPlain } from './map.message.js';

/** A layout is shown no more often, so a short one never. */
const BETWEEN_SHOWS_MS = 2_000;

const port = parentPort!, work = workerData as MapWork, abort = new AbortController(), { signal } = abort;
const tell = (message: MapMessage): void => { port.postMessage(message); };
const onProgress = (done: number, total: number, unit: string, message: string): void => { tell({ type: 'progress', done, total, unit, message }); };
port.once('message', () => { abort.abort(); });

try {
  tell({ type: 'made', made: work.type === 'map' ? await mapOf(work.input) : await makePlaces(work.input, { signal, onProgress }) });
} catch (error) {
  tell({ type: 'failed', error: toPlain(error) });
} finally {
  port.close();
}

function mapOf(input: MapInput): Promise<MadeMap> {
  let shownMs = performance.now();
  return makeMap(input, {
    signal, onProgress,
    onShow: (coordinates) => {
      if (performance.now() - shownMs < BETWEEN_SHOWS_MS) return;
      shownMs = performance.now();
      tell({ type: 'shown', coordinates });
    },
  });
}
