import { Lockstep, type StepMessage } from '../lockstep.js';
import { Descent } from './descent.js';
import { ExactSearch } from './exact-search.js';
import type { SeatedNeighborTask } from './neighbor-task.js';

/** Runs one thread of a neighbour search. */
export function runNeighborThread(task: SeatedNeighborTask, report: (message: StepMessage) => void): void {
  const lockstep = new Lockstep(task, report);
  if (task.descent === undefined) searchAll(task, lockstep);
  else new Descent(task, task.descent, lockstep).run();
}

/** Computes exact rows in 100 steps, so that it reports progress and responds to a cancel. */
function searchAll(
  { cloud, k, indices, distances, tools, thread }: SeatedNeighborTask,
  lockstep: Lockstep,
): void {
  const { from, to } = lockstep.share(cloud.n);
  const squares = new Float64Array(k);
  const search = new ExactSearch(cloud, tools![thread]!);
  const { order } = tools![thread]!.blocked;
  for (let step = 1, at = from; step <= 100; step++) {
    for (const end = from + Math.floor(((to - from) * step) / 100); at < end; at++) {
      const i = order[at]!;
      search.nearest(cloud, i, { self: i }, indices.subarray(i * k, (i + 1) * k), squares);
      for (let m = 0; m < k; m++) distances[i * k + m] = Math.sqrt(squares[m]!);
    }
    if (!lockstep.end(step, 100, distances)) return;
  }
}
