import { parentPort, workerData } from 'node:worker_threads';
import type { LockstepSeat } from '../lockstep.js';
import { runTsneThread, type TsneTask } from './layout.task.js';

runTsneThread(workerData as TsneTask & LockstepSeat, (message) => parentPort?.postMessage(message));
