import { parentPort, workerData } from 'node:worker_threads';
import type { LockstepSeat } from '../lockstep.js';
import { type PacmapTask, runPacmapThread } from './layout.task.js';

runPacmapThread(workerData as PacmapTask & LockstepSeat, (message) => parentPort?.postMessage(message));
