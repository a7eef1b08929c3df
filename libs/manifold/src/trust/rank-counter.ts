/**
 * Ranks some targets among all points by distance from one point: 1 is the nearest, ties go by index, the point itself is left out.
 * Counts in one pass against the few targets' distances instead of sorting all.
 */
export class RankCounter {
  private readonly order: Int32Array;
  private readonly limits: Float64Array;
  private readonly ids: Int32Array;
  private readonly counts: Int32Array;

  constructor(private readonly k: number) {
    this.order = new Int32Array(k);
    this.limits = new Float64Array(k);
    this.ids = new Int32Array(k);
    this.counts = new Int32Array(k + 1);
  }

  /** `distances` holds n values from `at`; targets [k] are read and ranks [k] written at `row`·k. */
  rank(distances: Float32Array | Float64Array, at: number, n: number, row: number, targets: Int32Array, ranks: Int32Array): void {
    const { k, order, limits, ids, counts } = this;
    for (let m = 0; m < k; m++) this.insert(m, targets[row * k + m]!, distances[at + targets[row * k + m]!]!);
    counts.fill(0);
    const farthest = limits[k - 1]!;
    for (let l = 0; l < n; l++) {
      const distance = distances[at + l]!;
      if (distance > farthest || l === row) continue;
      let low = 0, high = k;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (limits[middle]! > distance || (limits[middle] === distance && ids[middle]! > l)) high = middle;
        else low = middle + 1;
      }
      counts[low]!++;
    }
    let nearer = 0;
    for (let m = 0; m < k; m++) {
      nearer += counts[m]!;
      ranks[row * k + order[m]!] = nearer + 1;
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
