import { parentPort, workerData } from 'node:worker_threads';
import { Barrier } from '../src/trainer/barrier.js';

parentPort!.postMessage(new Barrier(workerData as Int32Array, 0, 2).wait());
