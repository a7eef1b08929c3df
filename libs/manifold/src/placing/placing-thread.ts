import { Lockstep, type LockstepSeat, type StepMessage } from '../lockstep.js';
import { NewPoints } from './place-new-points.js';
import { PLACING_STEPS } from './placing-steps.js';
import type { PlacingTask } from './placing-task.js';

/** Runs one thread, which projects its share of the new points. */
export function runPlacingThread(
  task: PlacingTask & LockstepSeat,
  report: (message: StepMessage) => void,
): void {
  const newcomers = new NewPoints(task, task.thread);
  const lockstep = new Lockstep(task, report);
  const { from, to } = lockstep.share(task.fresh.n);
  for (let step = 1, at = from; step <= PLACING_STEPS; step++) {
    const end = from + Math.floor(((to - from) * step) / PLACING_STEPS);
    newcomers.run(at, end);
    at = end;
    if (!lockstep.end(step, PLACING_STEPS, task.coordinates)) return;
  }
}
