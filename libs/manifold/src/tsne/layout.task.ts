import type { WeightedGraph } from '../joined-graph.js';
import { Lockstep, type LockstepSeat, type StepMessage } from '../lockstep.js';
import { attraction } from './attraction.js';
import { ExactRepulsion } from './exact-repulsion.js';
import type { GridMemory } from './grid-memory.js';
import { GridRepulsion } from './grid-repulsion.js';
import type { Repulsion } from './repulsion.js';
import { TreeRepulsion } from './tree-repulsion.js';

/** Consecutive steps with the same factor on attraction. */
export interface TsnePhase {
  readonly steps: number;
  readonly exaggeration: number;
  readonly learningRate: number;
}

/** Task of every thread of the layout. Arrays are in shared memory. */
export interface TsneTask {
  readonly affinities: WeightedGraph;
  readonly dims: 2 | 3;
  readonly phases: readonly TsnePhase[];
  /** Coordinates [n, dims] of the even and of the odd steps. */
  readonly even: Float64Array;
  readonly odd: Float64Array;
  /** Only its `atPoints` in three dimensions. */
  readonly grid: Pick<GridMemory, 'atPoints'> & Partial<GridMemory>;
}

const MOMENTUM = 0.8;
const MIN_GAIN = 0.01;
const LONGEST_STEP = 5;

/** Maximum number of points for comparing all pairs. */
const EXACT_UP_TO = 1_200;

/**
 * Returns the threads' repulsion for this task: all pairs of few points, otherwise a grid in the plane or a
 * tree in space.
 */
export function createRepulsion(
  { dims, grid }: Pick<TsneTask, 'dims' | 'grid'>,
  lockstep: Lockstep,
): Repulsion {
  if (grid.atPoints.length <= EXACT_UP_TO) return new ExactRepulsion(dims, grid.atPoints, lockstep);
  return dims === 2
    ? new GridRepulsion(grid as GridMemory, lockstep)
    : new TreeRepulsion(grid.atPoints, lockstep);
}

/**
 * Runs one thread of the layout: momentum with gains for every coordinate (Jacobs 1988) on its own points.
 */
export function runTsneThread(task: TsneTask & LockstepSeat, report: (message: StepMessage) => void): void {
  const { affinities, dims, phases, even, odd } = task;
  const lockstep = new Lockstep(task, report);
  const repulsion = createRepulsion(task, lockstep);
  const { from, to } = lockstep.share(affinities.n);
  const push = new Float64Array(even.length);
  const pull = new Float64Array(even.length);
  const move = new Float64Array(even.length);
  const gains = new Float64Array(even.length).fill(1);
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  let step = 0;
  for (const { steps: last, exaggeration, learningRate } of phases) {
    for (let own = 0; own < last; own++, step++) {
      const source = step % 2 === 0 ? even : odd;
      const target = step % 2 === 0 ? odd : even;
      const z = repulsion.forces(source, push);
      attraction(affinities, dims, source, pull, from, to);
      for (let i = from; i < to; i++) {
        let square = 0;
        for (let e = i * dims; e < (i + 1) * dims; e++) {
          const gradient = exaggeration * pull[e]! - push[e]! / z;
          gains[e] =
            Math.sign(move[e]!) === Math.sign(gradient) ? gains[e]! * 0.8 + MIN_GAIN : gains[e]! + 0.2;
          move[e] = MOMENTUM * move[e]! - learningRate * gains[e]! * gradient;
          square += move[e]! * move[e]!;
        }
        const shorten = square > LONGEST_STEP * LONGEST_STEP ? LONGEST_STEP / Math.sqrt(square) : 1;
        for (let e = i * dims; e < (i + 1) * dims; e++) {
          move[e]! *= shorten;
          target[e] = source[e]! + move[e]!;
        }
      }
      if (!lockstep.end(step + 1, steps, target)) return;
    }
  }
}
