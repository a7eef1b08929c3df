import { seededRandom } from '@noema/kernel';
import { type Kernels, kernelsOn } from '@noema/simd';
import type { Lockstep } from '../lockstep.js';
import type { Points } from '../points.js';
import { countFound } from './count-found.js';
import { insertNeighbor } from './exact-row.js';
import type { DescentTask, SeatedNeighborTask } from './neighbor-task.js';

/** Room for the last four neighbours of a list, which are measured together. */
const REST = 3;
/** Clears the bit that marks where a leaf begins. */
const ROW_BITS = 0x7fffffff;

/**
 * One thread of NN-descent (Dong, Moses & Li 2011) from a forest of random trees, by local joins. The first
 * tree also says which points lie near each other in memory. A thread writes the lists of its own rows, and
 * sends offers to the rows of others; the lists keep the nearest of all offers, so the graph has the same bits
 * for any number of threads.
 */
export class Descent {
  private readonly kernels: Kernels;
  private readonly from: number;
  private readonly to: number;
  private readonly outbox: Int32Array;
  private readonly scratch: number;
  private exchanges = 0;

  constructor(
    private readonly task: SeatedNeighborTask,
    private readonly descent: DescentTask,
    private readonly lockstep: Lockstep,
  ) {
    this.kernels = kernelsOn(descent.memory);
    this.outbox = descent.outboxes[task.thread]!;
    this.scratch = descent.scratch[task.thread]!.byteOffset;
    ({ from: this.from, to: this.to } = lockstep.share(task.cloud.n));
  }

  run(): void {
    const {
      kernels,
      lockstep,
      from,
      to,
      task: { distances },
      descent: { plan, iterations, enough, changes },
    } = this;
    const steps = iterations + 3;
    for (let row = from; row < to; row++) this.descent.order[row] = this.descent.places[row] = row;
    this.layRows();
    lockstep.meet();
    this.growTrees();
    if (!lockstep.end(1, steps, distances)) return;
    this.sortRows();
    kernels.emptyLists(plan.byteOffset, from, to);
    lockstep.meet();
    this.joinLeaves();
    kernels.fillLists(plan.byteOffset, from, to, this.deriveSeed(7));
    if (!lockstep.end(2, steps, distances)) return;
    for (let iteration = 0; iteration < iterations; iteration++) {
      this.improve(iteration);
      Atomics.add(changes, iteration, kernels.countNew(plan.byteOffset, from, to));
      if (!lockstep.end(iteration + 3, steps, distances)) return;
      if (Atomics.load(changes, iteration) <= enough) break;
    }
    this.finish();
    lockstep.meet();
    countFound(this.task, this.descent, lockstep, kernels);
  }

  private deriveSeed(...stream: number[]): number {
    return Math.floor(seededRandom(this.task.seed, ...stream)() * 2 ** 32) | 0;
  }

  /** Copies this thread's rows from their points. */
  private layRows(): void {
    const {
      task: {
        cloud: { data, d },
      },
      descent: { rows, width, dims, scale, order },
    } = this;
    const used = dims.length;
    for (let row = this.from; row < this.to; row++) {
      const point = order[row]! * d;
      const into = row * width;
      for (let c = 0; c < used; c++) rows[into + c] = data[point + dims[c]!]! * scale;
    }
  }

  private growTrees(): void {
    const { orders, plan, leaf, products } = this.descent;
    const { thread, threads } = this.task;
    const mine = this.lockstep.share(orders.length);
    for (let t = mine.from; t < mine.to; t++)
      this.kernels.growTree(
        plan.byteOffset,
        leaf,
        this.deriveSeed(6, t),
        orders[t]!.byteOffset,
        this.scratch,
        products[threads > orders.length ? t : thread]!.byteOffset,
      );
  }

  /** Puts the rows in the order of the first tree's leaves. */
  private sortRows(): void {
    const { orders, order, places } = this.descent;
    const [first] = orders;
    if (first === undefined) return;
    for (let row = this.from; row < this.to; row++) {
      order[row] = first[row]! & ROW_BITS;
      places[order[row]!] = row;
    }
    this.lockstep.meet();
    for (const tree of orders)
      for (let at = this.from; at < this.to; at++)
        tree[at] = (tree[at]! & ~ROW_BITS) | places[tree[at]! & ROW_BITS]!;
    this.layRows();
  }

  private joinLeaves(): void {
    const { kernels, from, to, outbox, scratch } = this;
    const { plan, orders, capacity } = this.descent;
    for (const order of orders) {
      let at = from;
      while (at < to && order[at]! >= 0) at++;
      this.exchange(() => {
        at = kernels.joinLeaves(
          plan.byteOffset,
          order.byteOffset,
          at,
          to,
          from,
          to,
          outbox.byteOffset,
          capacity,
          scratch,
        );
        return at >= to;
      });
    }
  }

  private improve(iteration: number): void {
    const { kernels, from, to, outbox, scratch, lockstep } = this;
    const { plan, capacity } = this.descent;
    kernels.beginIteration(plan.byteOffset, from, to);
    lockstep.meet();
    kernels.collectReverse(plan.byteOffset, from, to, this.deriveSeed(8, iteration));
    lockstep.meet();
    let at = from;
    this.exchange(() => {
      at = kernels.joinNeighbors(plan.byteOffset, at, to, from, to, outbox.byteOffset, capacity, scratch);
      return at >= to;
    });
  }

  /** Repeats `join` until it returns true in all threads. After each time they take each other's offers. */
  private exchange(join: () => boolean): void {
    const { kernels, lockstep, outbox, from, to } = this;
    const { unfinished, outboxes, plan } = this.descent;
    let done = false;
    for (let left = 1; left > 0; ) {
      const now = this.exchanges++ % 2;
      outbox[0] = 0;
      done ||= join();
      if (!done) Atomics.add(unfinished, now, 1);
      lockstep.meet(() => Atomics.store(unfinished, 1 - now, 0));
      left = Atomics.load(unfinished, now);
      for (const box of outboxes)
        if (box !== outbox) kernels.takeOffers(plan.byteOffset, box.byteOffset, from, to);
      lockstep.meet();
    }
  }

  /** Writes the nearest of each row's list, measured in float64, ties by index. */
  private finish(): void {
    const {
      task: { cloud, k, indices, distances },
      descent: { codes, listed, order },
    } = this;
    const squares = new Float64Array(k);
    const others = new Int32Array(listed + REST);
    const measured = new Float64Array(listed + REST);
    for (let row = this.from; row < this.to; row++) {
      const point = order[row]!;
      const nearest = indices.subarray(point * k, (point + 1) * k);
      squares.fill(Infinity);
      for (let m = 0; m < listed + REST; m++)
        others[m] = order[codes[row * listed + Math.min(m, listed - 1)]! >> 1]!;
      for (let m = 0; m < listed; m += 4) squaresBetween(cloud, point, others, measured, m);
      for (let m = 0; m < listed; m++) insertNeighbor(others[m]!, measured[m]!, nearest, squares);
      for (let m = 0; m < k; m++) distances[point * k + m] = Math.sqrt(squares[m]!);
    }
  }
}

/** Writes the squared distances in float64 of point i to `others` [at, at + 4): four sums, each in order. */
function squaresBetween(
  { data, d }: Points,
  i: number,
  others: Int32Array,
  squares: Float64Array,
  at: number,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let [b0, b1] = [others[at]! * d, others[at + 1]! * d];
  let [b2, b3] = [others[at + 2]! * d, others[at + 3]! * d];
  for (let a = i * d, end = a + d; a < end; a++) {
    const x = data[a]!;
    const g0 = data[b0++]! - x;
    const g1 = data[b1++]! - x;
    const g2 = data[b2++]! - x;
    const g3 = data[b3++]! - x;
    s0 += g0 * g0;
    s1 += g1 * g1;
    s2 += g2 * g2;
    s3 += g3 * g3;
  }
  squares[at] = s0;
  squares[at + 1] = s1;
  squares[at + 2] = s2;
  squares[at + 3] = s3;
}
