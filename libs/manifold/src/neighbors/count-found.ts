import { type Kernels } from '@noema/simd';
import type { Lockstep } from '../lockstep.js';
import { squareBetween } from '../points.js';
import { boundError, UNIT_ROUNDOFF, vanishing } from './blocked-points.js';
import { squareUpTo } from './exact-row.js';
import type { DescentTask, SeatedNeighborTask } from './neighbor-task.js';

/** Rows that are compared with all queries while they are in the cache. */
const ROWS_AT_ONCE = 2_048;

/**
 * Counts how many exact neighbours of the queries NN-descent found: a neighbour is exact if fewer than k points
 * are nearer. All threads call it: float32 excludes points farther than the last found one, float64 decides.
 */
export function countFound(
  task: SeatedNeighborTask,
  descent: DescentTask,
  lockstep: Lockstep,
  kernels: Kernels,
): void {
  const { cloud, k, indices, thread } = task;
  const { queries, hits, queryRows, limits, found, scale, places, outboxes, order } = descent;
  const { from, to } = lockstep.share(queries.length);
  const squares = Array.from({ length: to - from }, (_, q) => {
    const i = queries[from + q]!;
    return Float64Array.from({ length: k }, (__, m) => squareBetween(cloud, i, indices[i * k + m]!));
  });
  squares.forEach((of, q) => {
    const limit = of[k - 1]! * scale ** 2 * (1 + boundError(cloud.d)) + vanishing(cloud.d);
    limits[from + q] = limit * (1 + 4 * UNIT_ROUNDOFF);
    queryRows[from + q] = places[queries[from + q]!]!;
  });
  lockstep.meet();
  found[thread] = rowsWithin(task, descent, lockstep, kernels);
  lockstep.meet();
  const all = found.every((count, t) => count <= outboxes[t]!.length / 2);
  squares.forEach((of, q) => {
    const i = queries[from + q]!;
    const nearer = new Int32Array(k);
    const look = (j: number): void => {
      const square = j === i ? Infinity : squareUpTo(cloud, i, cloud, j, of[k - 1]!);
      for (let m = k - 1; m >= 0 && square < of[m]!; m--) nearer[m]!++;
    };
    if (all)
      outboxes.forEach((pairs, t) => {
        for (let at = 0; at < 2 * found[t]!; at += 2)
          if (pairs[at] === from + q) look(order[pairs[at + 1]!]!);
      });
    else if (of[k - 1]! > 0) for (let j = 0; j < cloud.n; j++) look(j);
    hits[from + q] = nearer.filter((count) => count < k).length;
  });
}

/**
 * Writes pairs of a query and a row of this thread that may be nearer than its last neighbour into the
 * thread's outbox. Returns their number, more than it holds if some are missing, as among many equal
 * distances.
 */
function rowsWithin(
  { cloud, thread }: SeatedNeighborTask,
  { plan, queries, queryRows, limits, outboxes, scratch }: DescentTask,
  lockstep: Lockstep,
  kernels: Kernels,
): number {
  const { from, to } = lockstep.share(cloud.n);
  const pairs = outboxes[thread]!;
  const capacity = Math.floor(pairs.length / 2);
  let count = 0;
  for (let row = from; row < to && count <= capacity; row += ROWS_AT_ONCE)
    count = kernels.rowsWithin(
      plan.byteOffset,
      queryRows.byteOffset,
      limits.byteOffset,
      queries.length,
      row,
      Math.min(to, row + ROWS_AT_ONCE),
      pairs.byteOffset,
      count,
      capacity,
      scratch[thread]!.byteOffset,
    );
  return count;
}
