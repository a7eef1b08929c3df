import { type Points, squareBetween } from '../points.js';
import { RankLimits } from './rank-limits.js';

/** Parts of the range of values: most hold no target, so that what falls into them needs no comparison. */
const BINS = 1_024;
const UNDECIDED = -1;

/**
 * Ranks some targets among all points by distance from one point: 1 is the nearest, ties go by index, the point itself is left out. Counts in one
 * pass against the few targets' values instead of sorting all; what the values' error leaves undecided is compared in float64.
 */
export class RankCounter {
  private readonly limits: RankLimits;
  private readonly squares: Float64Array;
  /** Place of all values of a bin among the targets. */
  private readonly bins = new Int32Array(BINS + 1);

  constructor(private readonly cloud: Points, private readonly k: number) {
    this.limits = new RankLimits(k);
    this.squares = new Float64Array(k);
  }

  /**
   * Writes the ranks of `targets` [k] as seen from `point` into `ranks` [k]. `values` holds n numbers from `at` that rise with the distance and
   * are each off by at most half of `tolerance(distance of the farthest target)`; with a tolerance of 0 equal values are equal distances.
   */
  rank(values: Float32Array | Float64Array, at: number, point: number, targets: Int32Array, ranks: Int32Array, tolerance: (radius: number) => number): void {
    const { cloud, k, limits, squares, bins } = this, { counts } = limits;
    let radius = 0;
    limits.clear();
    for (let m = 0; m < k; m++) {
      squares[m] = squareBetween(cloud, point, targets[m]!);
      radius = Math.max(radius, squares[m]!);
      limits.insert(targets[m]!, values[at + targets[m]!]!);
    }
    const doubt = tolerance(Math.sqrt(radius)), beyond = limits.values[k - 1]! + doubt;
    const low = Math.min(values[at + point]!, limits.values[0]!) - doubt, scale = beyond > low ? BINS / (beyond - low) : 0;
    this.fillBins(low, scale, doubt);
    ranks.fill(1);
    for (let l = 0; l < cloud.n; l++) {
      const value = values[at + l]!;
      if (value > beyond) continue;
      const place = value >= low ? bins[((value - low) * scale) | 0]! : UNDECIDED;
      if (place !== UNDECIDED) counts[place]!++;
      else if (l !== point) this.decide(value, doubt, point, l, targets, ranks);
    }
    const own = bins[((values[at + point]! - low) * scale) | 0]!;
    if (own !== UNDECIDED) counts[own]!--;
    limits.addTo(ranks);
  }

  /** Bins rise with the values, so one without a value that is in doubt about a target lies between two targets as a whole. */
  private fillBins(low: number, scale: number, doubt: number): void {
    const { bins, k, limits: { values } } = this;
    let from = 0;
    for (let m = 0; m < k; m++) {
      const first = ((values[m]! - doubt - low) * scale) | 0, last = ((values[m]! + doubt - low) * scale) | 0;
      if (first > from) bins.fill(m, from, first);
      bins.fill(UNDECIDED, Math.max(first, from), last + 1);
      from = last + 1;
    }
  }

  private decide(value: number, doubt: number, point: number, l: number, targets: Int32Array, ranks: Int32Array): void {
    const { limits, k } = this, place = limits.placeOf(value, l);
    if (doubt > 0 && ((place < k && limits.values[place]! - value <= doubt) || (place > 0 && value - limits.values[place - 1]! <= doubt))) this.compare(point, l, targets, ranks);
    else limits.counts[place]!++;
  }

  /** Counts point l as nearer than the targets that are farther from `point`, exactly. */
  private compare(point: number, l: number, targets: Int32Array, ranks: Int32Array): void {
    const square = squareBetween(this.cloud, point, l);
    for (let m = 0; m < this.k; m++) {
      if (square < this.squares[m]! || (square === this.squares[m] && l < targets[m]!)) ranks[m]!++;
    }
  }
}
