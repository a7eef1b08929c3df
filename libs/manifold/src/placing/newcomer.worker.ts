import { parentPort, workerData } from 'node:worker_threads';
import { Lockstep, type LockstepSeat } from '../lockstep.js';
import { Newcomers } from './place-newcomers.js';
import type { PlacingTask } from './placing-task.js';
import { PLACING_STEPS } from './placing-steps.js';

const task = workerData as PlacingTask & LockstepSeat, newcomers = new Newcomers(task);
const lockstep = new Lockstep(task, (message) => parentPort?.postMessage(message));
const { from, to } = lockstep.share(task.fresh.n);
for (let step = 1, at = from; step <= PLACING_STEPS; step++) {
  const end = from + Math.floor(((to - from) * step) / PLACING_STEPS);
  newcomers.run(at, end);
  at = end;
  if (!lockstep.end(step, PLACING_STEPS, task.coordinates)) break;
}
