import { parentPort, workerData } from 'node:worker_threads';
import type { LockstepSeat } from '../lockstep.js';
import { LayoutThread } from './layout-thread.js';
import type { LayoutTask } from './layout-task.js';

new LayoutThread(workerData as LayoutTask & LockstepSeat, (message) => parentPort?.postMessage(message)).run();
