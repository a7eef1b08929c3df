import { DUE_EDGES_BLOCK, kernelsOn } from '@noema/simd';
import { Lockstep, type LockstepSeat, type StepMessage } from '../lockstep.js';
import type { LayoutTask } from './layout-task.js';

/**
 * Runs one thread of the layout with the kernels of libs/simd. It moves only its own blocks of points, reads
 * the positions of the previous epoch, and draws negatives from a generator of (seed, block, epoch), so the
 * map has the same bits for any number of threads (the batch mode of Melville's uwot; sharing negatives in a
 * batch follows PyTorch-BigGraph, Lerer et al. 2019).
 */
export function runLayoutThread(
  task: LayoutTask & LockstepSeat,
  report: (message: StepMessage) => void,
): void {
  const {
    memory,
    n,
    dims,
    epochs,
    seed,
    negatives,
    learningRate,
    even,
    odd,
    edges: { starts, ends, rates, phases },
    attraction,
    repulsion,
    packing,
    hold,
    thread,
    threads,
  } = task;
  const kernels = kernelsOn(memory);
  const lockstep = new Lockstep(task, report);
  const scratch = task.scratches[thread]!.byteOffset;
  const step = dims === 2 ? 'umapStep2' : 'umapStep3';
  const first = findFirstPoint(starts, thread / threads);
  const last = findFirstPoint(starts, (thread + 1) / threads);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const source = epoch % 2 === 0 ? even : odd;
    const target = epoch % 2 === 0 ? odd : even;
    const alpha = learningRate * (1 - epoch / epochs);
    for (let from = first; from < last; from += DUE_EDGES_BLOCK) {
      const to = Math.min(from + DUE_EDGES_BLOCK, n);
      kernels.dueEdges(
        starts.byteOffset,
        ends.byteOffset,
        rates.byteOffset,
        phases.byteOffset,
        packing.byteOffset,
        from,
        to,
        scratch,
      );
      kernels[step](
        source.byteOffset,
        target.byteOffset,
        starts.byteOffset,
        scratch,
        from,
        to,
        attraction.byteOffset,
        repulsion.byteOffset,
        n,
        negatives,
        seed,
        epoch,
        alpha,
      );
      // Step of the penalty weight · |y − anchor|² / 2.
      if (hold !== undefined)
        kernels.holdBack(
          target.byteOffset + 4 * dims * from,
          hold.places.byteOffset + 4 * dims * from,
          (to - from) * dims,
          Math.min(1, alpha * hold.weight),
        );
    }
    if (!lockstep.end(epoch + 1, epochs, target)) return;
  }
}

/** Returns the first point of the block before which this share of the edges lies. */
function findFirstPoint(starts: Int32Array, share: number): number {
  const n = starts.length - 1;
  const edges = starts[n]! * share;
  let point = 0;
  while (point < n && (share === 1 || starts[point]! < edges)) point += DUE_EDGES_BLOCK;
  return Math.min(point, n);
}
