import { parentPort } from 'node:worker_threads';
import { collectGarbage } from '@noema/manifold';
import { type MadeMap, makeMap, type MapInput } from '../domain/map.maker.js';
import { makePlaces } from '../domain/places.maker.js';
import { type MapMessage, type MapWork, toPlain } from './map.message.js';

/** A layout is shown no more often, so a short one never. */
const BETWEEN_SHOWS_MS = 2_000;
/** A layout of 500 steps takes less than a second: not each of them is told. */
const BETWEEN_WORDS_MS = 50;

const port = parentPort!;
let abort = new AbortController();
const tell = (message: MapMessage): void => { port.postMessage(message); };
let told = { message: '', atMs: 0 };
const onProgress = (done: number, total: number, unit: string, message: string): void => {
  if (message === told.message && done < total && performance.now() - told.atMs < BETWEEN_WORDS_MS) return;
  told = { message, atMs: performance.now() };
  tell({ type: 'progress', done, total, unit, message });
};

port.on('message', (message: MapWork | 'abort') => {
  if (message === 'abort') abort.abort();
  else void make(message);
});

/** One map after the other, as they are asked for. */
async function make(work: MapWork): Promise<void> {
  abort = new AbortController();
  const { signal } = abort;
  try {
    tell({ type: 'made', made: work.type === 'map' ? await mapOf(work.input, signal) : await makePlaces(work.input, { signal, onProgress }) });
  } catch (error) {
    tell({ type: 'failed', error: toPlain(error) });
  }
  setImmediate(collectGarbage);
}

function mapOf(input: MapInput, signal: AbortSignal): Promise<MadeMap> {
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
