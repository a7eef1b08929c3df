import { parentPort, workerData } from 'node:worker_threads';
import { LayoutThread } from './layout-thread.js';
import type { LayoutTask } from './layout-task.js';

new LayoutThread(workerData as LayoutTask, (message) => parentPort?.postMessage(message)).run();
