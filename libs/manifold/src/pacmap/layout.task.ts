import { kernelsOn, type SharedMemory } from '@noema/simd';
import { Lockstep, type LockstepSeat, type StepMessage } from '../lockstep.js';
import { pacmapGradient, type PairForces } from './gradient.js';
import { type Phases, weightsAt } from './weights.js';

/** Task of every thread of the layout. Arrays are in the kernels' memory. */
export interface PacmapTask {
  readonly memory: SharedMemory;
  readonly pairs: PairForces;
  readonly dims: 2 | 3;
  readonly phases: Phases;
  readonly learningRate: number;
  /** Coordinates [n, dims] of the even and of the odd steps. */
  readonly even: Float32Array;
  readonly odd: Float32Array;
  /** Gradient [n, dims]. */
  readonly gradient: Float32Array;
}

const BETA1 = 0.9;
const BETA2 = 0.999;

/**
 * Runs one thread of the layout: Adam (Kingma & Ba 2015) on its own points, from the positions after the
 * previous step.
 */
export function runPacmapThread(
  task: PacmapTask & LockstepSeat,
  report: (message: StepMessage) => void,
): void {
  const { memory, pairs, dims, phases, learningRate, even, odd, gradient } = task;
  const kernels = kernelsOn(memory);
  const lockstep = new Lockstep(task, report);
  const { from, to } = lockstep.share(even.length / dims);
  const mean = new Float64Array(even.length);
  const square = new Float64Array(even.length);
  const steps = phases.global + phases.middle + phases.local;
  for (let step = 0; step < steps; step++) {
    const source = step % 2 === 0 ? even : odd;
    const target = step % 2 === 0 ? odd : even;
    pacmapGradient(kernels, pairs, weightsAt(step, phases), dims, source, gradient, from, to);
    const rate = (learningRate * Math.sqrt(1 - BETA2 ** (step + 1))) / (1 - BETA1 ** (step + 1));
    for (let e = from * dims; e < to * dims; e++) {
      const g = gradient[e]!;
      mean[e]! += (1 - BETA1) * (g - mean[e]!);
      square[e]! += (1 - BETA2) * (g * g - square[e]!);
      target[e] = source[e]! - (rate * mean[e]!) / (Math.sqrt(square[e]!) + 1e-7);
    }
    if (!lockstep.end(step + 1, steps, target)) return;
  }
}
