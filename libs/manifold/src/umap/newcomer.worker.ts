import { parentPort, workerData } from 'node:worker_threads';
import { Lockstep, type LockstepSeat } from '../lockstep.js';
import { placeNewcomers, type PlacingTask } from './newcomer.js';

const task = workerData as PlacingTask & LockstepSeat, steps = 100;
const lockstep = new Lockstep(task, (message) => parentPort?.postMessage(message));
const { from, to } = lockstep.share(task.fresh.n);
for (let step = 1, at = from; step <= steps; step++) {
  const end = from + Math.floor(((to - from) * step) / steps);
  placeNewcomers(task, at, end);
  at = end;
  if (!lockstep.end(step, steps, task.coordinates)) break;
}
