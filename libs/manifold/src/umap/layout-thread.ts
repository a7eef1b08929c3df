import { Lockstep, type LockstepSeat, type StepMessage } from '../lockstep.js';
import { coefficientTables, TABLE_SHIFT } from './coefficients.js';
import type { Hold, LayoutTask } from './layout-task.js';

/**
 * One thread of the layout. It moves only its own points, reads the positions of the epoch before and draws negatives from a generator of
 * (seed, point, epoch): so the map has the same bits for any number of threads (the batch mode of Melville's uwot).
 */
export class LayoutThread {
  private readonly from: number;
  private readonly to: number;
  private readonly firstEdge: number;
  private readonly interval: Float32Array;
  private readonly next: Float32Array;
  private readonly lockstep: Lockstep;

  constructor(private readonly task: LayoutTask & LockstepSeat, report: (message: StepMessage) => void) {
    this.lockstep = new Lockstep(task, report);
    const { set, thread, threads } = task;
    const edges = set.indices.length;
    this.from = firstPointOf(set.indptr, Math.floor((edges * thread) / threads), thread === 0);
    this.to = thread === threads - 1 ? set.n : firstPointOf(set.indptr, Math.floor((edges * (thread + 1)) / threads), false);
    this.firstEdge = set.indptr[this.from]!;
    const heaviest = set.weights.reduce((most, weight) => Math.max(most, weight), 0);
    this.interval = set.weights.slice(this.firstEdge, set.indptr[this.to]).map((weight) => heaviest / weight);
    this.next = this.interval.slice();
  }

  run(): void {
    const { epochs, even, odd, dims, learningRate, hold } = this.task;
    const step = dims === 2 ? makeStep2(this.task) : makeStep3(this.task);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const source = epoch % 2 === 0 ? even : odd, target = epoch % 2 === 0 ? odd : even;
      step(source, target, epoch, learningRate * (1 - epoch / epochs), this.from, this.to, this.firstEdge, this.interval, this.next);
      if (hold !== undefined) holdBack(hold, target, this.from * dims, this.to * dims, learningRate * (1 - epoch / epochs));
      if (!this.lockstep.end(epoch + 1, epochs, target)) return;
    }
  }
}

/** The step of the penalty weight · |y − place|² / 2. */
function holdBack({ places, weight }: Hold, target: Float32Array, from: number, to: number, alpha: number): void {
  const share = Math.min(1, alpha * weight);
  for (let e = from; e < to; e++) if (!Number.isNaN(places[e]!)) target[e]! += share * (places[e]! - target[e]!);
}

function firstPointOf(indptr: Int32Array, edge: number, first: boolean): number {
  let point = 0;
  while (!first && indptr[point]! < edge) point++;
  return point;
}

type Step = (
  source: Float32Array, target: Float32Array, epoch: number, alpha: number,
  from: number, to: number, firstEdge: number, interval: Float32Array, next: Float32Array,
) => void;

function clip(gradient: number): number {
  return gradient > 4 ? 4 : gradient < -4 ? -4 : gradient;
}

/** The state of the negative sampler (xorshift32) of one point in one epoch. */
function samplerState(seed: number, point: number, epoch: number): number {
  let s = (Math.imul(point, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35)) | 0;
  s = Math.imul(s ^ (s >>> 16), 0x7feb352d);
  s = Math.imul(s ^ (s >>> 15), 0x846ca68b);
  s ^= s >>> 16;
  return s === 0 ? 1 : s;
}

// Two and three dimensions are written out: a loop over axes inside the innermost step doubles its time.
function makeStep2({ set: { n, indptr, indices }, curve, seed, negatives }: LayoutTask): Step {
  const { attraction, repulsion } = coefficientTables(curve);
  const float = new Float32Array(1), bits = new Int32Array(float.buffer), share = n / 2 ** 32;
  return (source, target, epoch, alpha, from, to, firstEdge, interval, next) => {
    for (let v = from; v < to; v++) {
      let x = source[2 * v]!, y = source[2 * v + 1]!;
      let s = samplerState(seed, v, epoch);
      for (let e = indptr[v]!, k = e - firstEdge; e < indptr[v + 1]!; e++, k++) {
        if (next[k]! > epoch) continue;
        next[k]! += interval[k]!;
        const j = indices[e]!;
        let dx = x - source[2 * j]!, dy = y - source[2 * j + 1]!;
        float[0] = dx * dx + dy * dy;
        let c = attraction[bits[0]! >>> TABLE_SHIFT]!;
        x += 2 * alpha * clip(c * dx);
        y += 2 * alpha * clip(c * dy);
        for (let q = 0; q < negatives; q++) {
          s ^= s << 13;
          s ^= s >>> 17;
          s ^= s << 5;
          const r = Math.floor((s >>> 0) * share);
          if (r === v) continue;
          dx = x - source[2 * r]!;
          dy = y - source[2 * r + 1]!;
          float[0] = dx * dx + dy * dy;
          c = repulsion[bits[0]! >>> TABLE_SHIFT]!;
          x += alpha * clip(c * dx);
          y += alpha * clip(c * dy);
        }
      }
      target[2 * v] = x;
      target[2 * v + 1] = y;
    }
  };
}

function makeStep3({ set: { n, indptr, indices }, curve, seed, negatives }: LayoutTask): Step {
  const { attraction, repulsion } = coefficientTables(curve);
  const float = new Float32Array(1), bits = new Int32Array(float.buffer), share = n / 2 ** 32;
  return (source, target, epoch, alpha, from, to, firstEdge, interval, next) => {
    for (let v = from; v < to; v++) {
      let x = source[3 * v]!, y = source[3 * v + 1]!, z = source[3 * v + 2]!;
      let s = samplerState(seed, v, epoch);
      for (let e = indptr[v]!, k = e - firstEdge; e < indptr[v + 1]!; e++, k++) {
        if (next[k]! > epoch) continue;
        next[k]! += interval[k]!;
        const j = indices[e]!;
        let dx = x - source[3 * j]!, dy = y - source[3 * j + 1]!, dz = z - source[3 * j + 2]!;
        float[0] = dx * dx + dy * dy + dz * dz;
        let c = attraction[bits[0]! >>> TABLE_SHIFT]!;
        x += 2 * alpha * clip(c * dx);
        y += 2 * alpha * clip(c * dy);
        z += 2 * alpha * clip(c * dz);
        for (let q = 0; q < negatives; q++) {
          s ^= s << 13;
          s ^= s >>> 17;
          s ^= s << 5;
          const r = Math.floor((s >>> 0) * share);
          if (r === v) continue;
          dx = x - source[3 * r]!;
          dy = y - source[3 * r + 1]!;
          dz = z - source[3 * r + 2]!;
          float[0] = dx * dx + dy * dy + dz * dz;
          c = repulsion[bits[0]! >>> TABLE_SHIFT]!;
          x += alpha * clip(c * dx);
          y += alpha * clip(c * dy);
          z += alpha * clip(c * dz);
        }
      }
      target[3 * v] = x;
      target[3 * v + 1] = y;
      target[3 * v + 2] = z;
    }
  };
}
