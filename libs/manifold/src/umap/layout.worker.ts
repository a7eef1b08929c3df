import { parentPort, workerData } from 'node:worker_threads';
import type { LockstepSeat } from '../lockstep.js';
import type { LayoutTask } from './layout-task.js';
import { runLayoutThread } from './layout-thread.js';

runLayoutThread(workerData as LayoutTask & LockstepSeat, (message) => parentPort?.postMessage(message));
