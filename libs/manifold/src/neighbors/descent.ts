import { seededRandom } from '@noema/kernel';
import type { Lockstep } from '../lockstep.js';
import { type Points, squareBetween } from '../points.js';
import { exactRow, squareUpTo, writeNearest } from './exact-row.js';
import type { DescentTask, NeighborTask } from './neighbor-task.js';
import { growTree } from './random-tree.js';

/**
 * One thread of NN-descent (Dong, Moses & Li 2011) from a forest of random trees. It changes only the
 * neighbours of its own points and reads the graph of the previous iteration, so the graph has the same bits
 * for any number of threads.
 */
export class Descent {
  private readonly cloud: Points;
  private readonly k: number;
  private readonly from: number;
  private readonly to: number;
  /** Number of the last pass in which a point was visited. */
  private readonly met: Int32Array;
  private look = 0;

  constructor(
    private readonly task: NeighborTask,
    private readonly descent: DescentTask,
    private readonly lockstep: Lockstep,
  ) {
    [this.cloud, this.k, this.met] = [task.cloud, task.k, new Int32Array(task.cloud.n)];
    ({ from: this.from, to: this.to } = lockstep.share(task.cloud.n));
  }

  run(): void {
    const {
      lockstep,
      descent: { trees, leaf, iterations, enough, codes, squares, changes },
      task,
    } = this;
    const steps = iterations + 3;
    const mine = lockstep.share(trees.length);
    for (let t = mine.from; t < mine.to; t++) growTree(this.cloud, leaf, task.seed, t, trees[t]!);
    if (!lockstep.end(1, steps, task.distances)) return;
    this.fromLeaves(codes[0], squares[0]);
    if (!lockstep.end(2, steps, task.distances)) return;
    let now = 0;
    for (let iteration = 0; iteration < iterations; iteration++) {
      this.turnAround(codes[now]!, iteration);
      lockstep.meet();
      Atomics.add(
        changes,
        iteration,
        this.improve(codes[now]!, squares[now]!, codes[1 - now]!, squares[1 - now]!),
      );
      if (!lockstep.end(iteration + 3, steps, task.distances)) return;
      now = 1 - now;
      if (Atomics.load(changes, iteration) <= enough) break;
    }
    this.finish(codes[now]!);
    this.measure();
  }

  /** Initialises each point with its nearest leaf mates, and random points if there are fewer than k. */
  private fromLeaves(codes: Int32Array, squares: Float32Array): void {
    const {
      cloud: { n },
      descent: { trees },
      k,
      met,
    } = this;
    const places = trees.map(({ order }) => {
      const place = new Int32Array(n);
      order.forEach((point, at) => {
        place[point] = at;
      });
      return place;
    });
    for (let i = this.from; i < this.to; i++) {
      const look = this.start(i, squares);
      trees.forEach(({ order, begins, ends }, t) => {
        const at = places[t]![i]!;
        for (let e = begins[at]!; e < ends[at]!; e++) this.consider(i, order[e]!, codes, squares, look);
      });
      if (squares[i * k + k - 1]! < Infinity) continue;
      const random = seededRandom(this.task.seed, 7, i);
      for (let tries = 0; tries < 8 * k; tries++)
        this.consider(i, Math.floor(random() * n), codes, squares, look);
      for (let j = 0; j < n && squares[i * k + k - 1] === Infinity; j++)
        if (met[j] !== look) this.consider(i, j, codes, squares, look);
    }
  }

  /**
   * Collects the points that have this thread's points as neighbours; of more than k a seeded sample
   * (reservoir sampling: Vitter 1985).
   */
  private turnAround(codes: Int32Array, iteration: number): void {
    const {
      k,
      from,
      to,
      descent: { reverse, reverseCounts },
      task: { seed },
    } = this;
    const random = new Array<(() => number) | undefined>(to - from);
    reverseCounts.fill(0, from, to);
    for (let e = 0; e < codes.length; e++) {
      const j = codes[e]! >> 1;
      if (j < from || j >= to) continue;
      const count = reverseCounts[j]!++;
      const code = Math.floor(e / k) * 2 + (codes[e]! & 1);
      if (count < k) reverse[j * k + count] = code;
      else {
        const draw = (random[j - from] ??= seededRandom(seed, 8, iteration, j));
        const at = Math.floor(draw() * (count + 1));
        if (at < k) reverse[j * k + at] = code;
      }
    }
    for (let j = from; j < to; j++) reverseCounts[j] = Math.min(k, reverseCounts[j]!);
  }

  /** Visits the neighbours of each point's neighbours, in both directions, if one of the two edges is new. */
  private improve(
    codes: Int32Array,
    squares: Float32Array,
    into: Int32Array,
    intoSquares: Float32Array,
  ): number {
    const {
      k,
      descent: { reverse, reverseCounts },
    } = this;
    let changed = 0;
    for (let i = this.from; i < this.to; i++) {
      const look = this.start(i, intoSquares);
      for (let e = i * k; e < (i + 1) * k; e++) {
        into[e] = codes[e]! & ~1;
        intoSquares[e] = squares[e]!;
        this.met[codes[e]! >> 1] = look;
      }
      for (let e = i * k; e < (i + 1) * k; e++)
        changed += this.through(i, codes[e]!, codes, into, intoSquares, look);
      for (let e = i * k; e < i * k + reverseCounts[i]!; e++) {
        changed += this.consider(i, reverse[e]! >> 1, into, intoSquares, look);
        changed += this.through(i, reverse[e]!, codes, into, intoSquares, look);
      }
    }
    return changed;
  }

  private through(
    i: number,
    step: number,
    codes: Int32Array,
    into: Int32Array,
    intoSquares: Float32Array,
    look: number,
  ): number {
    const {
      k,
      descent: { reverse, reverseCounts },
    } = this;
    const u = step >> 1;
    let changed = 0;
    for (let e = u * k; e < (u + 1) * k; e++)
      if (((step | codes[e]!) & 1) !== 0)
        changed += this.consider(i, codes[e]! >> 1, into, intoSquares, look);
    for (let e = u * k; e < u * k + reverseCounts[u]!; e++)
      if (((step | reverse[e]!) & 1) !== 0)
        changed += this.consider(i, reverse[e]! >> 1, into, intoSquares, look);
    return changed;
  }

  private start(i: number, squares: Float32Array): number {
    squares.fill(Infinity, i * this.k, (i + 1) * this.k);
    this.met[i] = ++this.look;
    return this.look;
  }

  /** Inserts j into the neighbours of i if it is nearer than the last one. Returns 1 if it did. */
  private consider(i: number, j: number, codes: Int32Array, squares: Float32Array, look: number): 0 | 1 {
    const { k, met } = this;
    const first = i * k;
    if (met[j] === look) return 0;
    met[j] = look;
    const limit = squares[first + k - 1]!;
    const square = Math.fround(squareUpTo(this.cloud, i, this.cloud, j, limit));
    if (square >= limit) return 0;
    let at = first + k - 1;
    for (; at > first && squares[at - 1]! > square; at--) {
      squares[at] = squares[at - 1]!;
      codes[at] = codes[at - 1]!;
    }
    squares[at] = square;
    codes[at] = 2 * j + 1;
    return 1;
  }

  private finish(codes: Int32Array): void {
    const { k, cloud, task } = this;
    for (let i = this.from; i < this.to; i++)
      writeNearest(
        cloud,
        i,
        codes.subarray(i * k, (i + 1) * k).map((code) => code >> 1),
        task,
      );
  }

  /**
   * Counts how many exact neighbours of this thread's queries were found. A neighbour as near as the last
   * exact one counts as well.
   */
  private measure(): void {
    const {
      cloud,
      k,
      descent: { queries, hits },
      task: { indices },
    } = this;
    const found = new Int32Array(k);
    const squares = new Float64Array(k);
    queries.forEach((i, q) => {
      if (i < this.from || i >= this.to) return;
      exactRow(cloud, i, found, squares);
      for (let e = i * k; e < (i + 1) * k; e++)
        if (squareBetween(cloud, i, indices[e]!) <= squares[k - 1]!) hits[q]!++;
    });
  }
}
