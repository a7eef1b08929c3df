import { ExactSearch, type SearchTools } from '../neighbors/exact-search.js';
import { type Points, squareBetween } from '../points.js';
import { BlockRanks, type RankTools } from './block-ranks.js';

/**
 * Task of one thread of the trust measures. Arrays are in shared memory, and each thread writes its own rows.
 */
export interface RankTask {
  readonly k: number;
  readonly map: Points;
  readonly vectors: Points;
  /**
   * Points whose neighbours in the map are computed: `from` to `to` − 1, in the order of the vectors' blocks.
   */
  readonly from: number;
  readonly to: number;
  /** Index of each point among the ranked points [n]; −1 if it is not ranked. */
  readonly queryByPoint: Int32Array;
  readonly isSample: boolean;
  /** Neighbours of the vectors [n, k], and the squared distance of the last one, [n] float64. */
  readonly vectorNeighbors: Int32Array;
  readonly reach: Float64Array;
  /**
   * Output: neighbours in the map [n, k] and their distances; and, if not all points are ranked, the share of
   * them within the point's reach [n].
   */
  readonly mapNeighbors: Int32Array;
  readonly mapDistances: Float32Array;
  readonly overlap: Float64Array;
  /**
   * Output: ranks [q, k] of the vectors' neighbours in the map, and of the map's neighbours among the
   * vectors.
   */
  readonly ranksInMap: Int32Array;
  readonly ranksInVectors: Int32Array;
  readonly search: SearchTools;
  readonly inMap: RankTools;
  readonly inVectors: RankTools;
}

/** Finds the map's neighbours of the task's points and ranks the neighbours of its queries. */
export function runRankTask(task: RankTask): void {
  const {
    from,
    to,
    k,
    map,
    vectors,
    queryByPoint,
    isSample,
    mapNeighbors,
    inVectors: {
      blocked: { order },
    },
  } = task;
  const search = new ExactSearch(map, task.search);
  const inMap = new BlockRanks(map, task.inMap, k);
  const inVectors = new BlockRanks(vectors, task.inVectors, k);
  const squares = new Float64Array(k);
  for (let next = from; next < to; next++) {
    const i = order[next]!;
    const at = queryByPoint[i]! * k;
    const near = mapNeighbors.subarray(i * k, (i + 1) * k);
    search.nearest(map, i, { self: i }, near, squares);
    for (let m = 0; m < k; m++) task.mapDistances[i * k + m] = Math.sqrt(squares[m]!);
    if (isSample) task.overlap[i] = countOverlap(task, i, near);
    if (at < 0) continue;
    inMap.rank(i, task.vectorNeighbors.subarray(i * k, (i + 1) * k), task.ranksInMap.subarray(at, at + k));
    inVectors.rank(i, near, task.ranksInVectors.subarray(at, at + k));
  }
}

/** Share of the map's neighbours that are neighbours of the vectors too, or as near as the last of those. */
function countOverlap({ k, vectors, vectorNeighbors, reach }: RankTask, i: number, near: Int32Array): number {
  const own = vectorNeighbors.subarray(i * k, (i + 1) * k);
  let count = 0;
  for (const j of near) if (own.includes(j) || squareBetween(vectors, i, j) <= reach[i]!) count++;
  return count / k;
}
