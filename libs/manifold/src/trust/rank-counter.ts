import { type Points, squareBetween } from '../points.js';

/**
 * Ranks some targets among all points by distance from one point: 1 is the nearest, ties go by index, the point itself is left out. Counts in one
 * pass against the few targets' values instead of sorting all; what the values' error leaves undecided is compared in float64.
 */
export class RankCounter {
  private readonly order: Int32Array;
  private readonly limits: Float64Array;
  private readonly ids: Int32Array;
  private readonly counts: Int32Array;
  private readonly squares: Float64Array;

  constructor(private readonly cloud: Points, private readonly k: number) {
    this.order = new Int32Array(k);
    this.limits = new Float64Array(k);
    this.ids = new Int32Array(k);
    this.counts = new Int32Array(k + 1);
    this.squares = new Float64Array(k);
  }

  /**
   * Writes the ranks of `targets` [k] as seen from `point` into `ranks` [k]. `values` holds n numbers from `at` that rise with the distance and
   * are each off by at most half of `tolerance(distance of the farthest target)`; with a tolerance of 0 equal values are equal distances.
   */
  rank(values: Float32Array | Float64Array, at: number, point: number, targets: Int32Array, ranks: Int32Array, tolerance: (radius: number) => number): void {
    const { cloud, k, order, limits, ids, counts, squares } = this;
    let radius = 0;
    for (let m = 0; m < k; m++) {
      squares[m] = squareBetween(cloud, point, targets[m]!);
      radius = Math.max(radius, squares[m]!);
      this.insert(m, targets[m]!, values[at + targets[m]!]!);
    }
    const doubt = tolerance(Math.sqrt(radius)), beyond = limits[k - 1]! + doubt;
    counts.fill(0);
    ranks.fill(1);
    for (let l = 0; l < cloud.n; l++) {
      const value = values[at + l]!;
      if (value > beyond || l === point) continue;
      let low = 0, high = k;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (limits[middle]! > value || (limits[middle] === value && ids[middle]! > l)) high = middle;
        else low = middle + 1;
      }
      if (doubt > 0 && ((low < k && limits[low]! - value <= doubt) || (low > 0 && value - limits[low - 1]! <= doubt))) this.compare(point, l, targets, ranks);
      else counts[low]!++;
    }
    let nearer = 0;
    for (let m = 0; m < k; m++) {
      nearer += counts[m]!;
      ranks[order[m]!]! += nearer;
    }
  }

  /** Counts point l as nearer than the targets that are farther from `point`, exactly. */
  private compare(point: number, l: number, targets: Int32Array, ranks: Int32Array): void {
    const square = squareBetween(this.cloud, point, l);
    for (let m = 0; m < this.k; m++) {
      if (square < this.squares[m]! || (square === this.squares[m] && l < targets[m]!)) ranks[m]!++;
    }
  }

  private insert(m: number, id: number, limit: number): void {
    let at = m;
    for (; at > 0 && (this.limits[at - 1]! > limit || (this.limits[at - 1] === limit && this.ids[at - 1]! > id)); at--) {
      this.limits[at] = this.limits[at - 1]!;
      this.ids[at] = this.ids[at - 1]!;
      this.order[at] = this.order[at - 1]!;
    }
    this.limits[at] = limit;
    this.ids[at] = id;
    this.order[at] = m;
  }
}
