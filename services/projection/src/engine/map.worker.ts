import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from '@noema/engine';
import { makeMap, type MapInput } from '../domain/map.maker.js';
import { EngineDistances } from './engine.distances.js';
import { type MapMessage, toPlain } from './map.message.js';

/** From here on comparing all pairs is worth a tensor library. */
const ENGINE_FROM = 2_000;

/** A layout is shown no more often, so a short one never. */
const BETWEEN_SHOWS_MS = 2_000;

const port = parentPort!;
let shownMs = performance.now();
const input = workerData as MapInput;
const abort = new AbortController();
const tell = (message: MapMessage): void => { port.postMessage(message); };
port.once('message', () => { abort.abort(); });

const engine = input.vectors.n < ENGINE_FROM ? undefined : Engine.start(input.threads === undefined ? {} : { threads: input.threads });
try {
  const map = await makeMap(input, {
    signal: abort.signal,
    onShow: (coordinates) => {
      if (performance.now() - shownMs < BETWEEN_SHOWS_MS) return;
      shownMs = performance.now();
      tell({ type: 'shown', coordinates });
    },
    onProgress: (done, total, unit, message) => { tell({ type: 'progress', done, total, unit, message }); },
    ...(engine && { distances: new EngineDistances(engine, input.vectors, abort.signal) }),
  });
  tell({ type: 'made', map });
} catch (error) {
  tell({ type: 'failed', error: toPlain(error) });
} finally {
  await engine?.close();
  port.close();
}
