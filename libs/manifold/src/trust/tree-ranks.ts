import type { KdTree } from '../kd-tree.js';
import { type Points, squareBetween } from '../points.js';
import { RankLimits } from './rank-limits.js';

/**
 * Ranks some targets among few-dimensional points by distance from one point, as `RankCounter` does, in a fraction of the time: a box of the tree that
 * lies between two targets is counted as a whole.
 */
export class TreeRanks {
  private readonly limits: RankLimits;

  constructor(private readonly cloud: Points, private readonly tree: KdTree, private readonly k: number) {
    this.limits = new RankLimits(k);
  }

  /** Writes the ranks of `targets` [k] as seen from `point` into `ranks` [k]. */
  rank(point: number, targets: Int32Array, ranks: Int32Array): void {
    const { limits, cloud } = this;
    limits.clear();
    for (const target of targets) limits.insert(target, squareBetween(cloud, point, target));
    this.count(1, 0, cloud.n, 0, point);
    limits.counts[limits.placeOf(0, point)]!--;
    ranks.fill(1);
    limits.addTo(ranks);
  }

  /** Counts the points of a node. Its bounds are rounded as the distances are, so that they bound these to the last bit. */
  private count(node: number, from: number, to: number, level: number, point: number): void {
    const { limits, tree } = this, place = limits.placeOf(tree.nearestInBox(node, point), tree.smallest[node]!);
    if (place === this.k) return;
    if (place === limits.placeOf(tree.farthestInBox(node, point), tree.largest[node]!)) limits.counts[place]! += to - from;
    else if (level === tree.depth) {
      for (let at = from; at < to; at++) {
        const other = tree.order[at]!;
        limits.counts[limits.placeOf(squareBetween(this.cloud, point, other), other)]!++;
      }
    } else {
      const middle = (from + to) >> 1;
      this.count(2 * node, from, middle, level + 1, point);
      this.count(2 * node + 1, middle, to, level + 1, point);
    }
  }
}
