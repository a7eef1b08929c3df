import { KdTree } from '../kd-tree.js';
import type { Points } from '../points.js';
import { RankCounter } from './rank-counter.js';

/** What one thread of the trust numbers gets; arrays lie in shared memory and each thread writes its own rows. */
export interface RankTask {
  readonly from: number;
  readonly to: number;
  readonly k: number;
  readonly map: Points;
  /** Neighbours of the vectors [n, k] and, written here, their ranks in the map. */
  readonly vectorNeighbors: Int32Array;
  readonly ranksInMap: Int32Array;
  /** Neighbours in the map [n, k] and their distances, written here. */
  readonly mapNeighbors: Int32Array;
  readonly mapDistances: Float32Array;
  /** The vectors, when their distances are to be computed here too, and the ranks of the map's neighbours among them. */
  readonly vectors?: Points;
  readonly ranksInVectors: Int32Array;
}

/** Finds the map's neighbours of the task's rows and ranks the vectors' neighbours in the map, and the other way round. */
export function runRankTask(task: RankTask): void {
  const { from, to, k, map, vectors } = task;
  const tree = new KdTree(map), counter = new RankCounter(k);
  const squares = new Float64Array(k), row = new Float64Array(map.n);
  for (let i = from; i < to; i++) {
    tree.nearest(i, task.mapNeighbors.subarray(i * k, (i + 1) * k), squares);
    for (let m = 0; m < k; m++) task.mapDistances[i * k + m] = Math.sqrt(squares[m]!);
    if (map.d === 2) squaresInPlane(map, i, row);
    else squaresFrom(map, i, row);
    counter.rank(row, 0, map.n, i, task.vectorNeighbors, task.ranksInMap);
    if (vectors === undefined) continue;
    squaresFrom(vectors, i, row);
    counter.rank(row, 0, map.n, i, task.mapNeighbors, task.ranksInVectors);
  }
}

function squaresInPlane({ data, n }: Points, i: number, into: Float64Array): void {
  const x = data[2 * i]!, y = data[2 * i + 1]!;
  for (let j = 0; j < n; j++) {
    const dx = data[2 * j]! - x, dy = data[2 * j + 1]! - y;
    into[j] = dx * dx + dy * dy;
  }
}

function squaresFrom({ data, n, d }: Points, i: number, into: Float64Array): void {
  const own = Float64Array.from(data.subarray(i * d, (i + 1) * d));
  for (let j = 0, at = 0; j < n; j++) {
    let sum = 0;
    for (let c = 0; c < d; c++) {
      const gap = data[at++]! - own[c]!;
      sum += gap * gap;
    }
    into[j] = sum;
  }
}
