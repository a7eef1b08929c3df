import type { Points } from './points.js';

/** The means of clusters, updated only by points that change their cluster, which soon are few. */
export class ClusterMeans {
  private sums: Float64Array;
  private counts: Int32Array;
  private assignment: Int32Array;

  constructor(
    private readonly cloud: Points,
    assignment: Int32Array,
    k: number,
  ) {
    [this.sums, this.counts, this.assignment] = [
      new Float64Array(k * cloud.d),
      new Int32Array(k),
      assignment,
    ];
    for (let i = 0; i < cloud.n; i++) this.add(i, assignment[i]!, 1);
  }

  /** Returns the means [clusters, d]. An empty cluster is removed, and later ones move up. */
  centres(): Float64Array {
    const {
      sums,
      counts,
      cloud: { d },
    } = this;
    const kept = Array.from(counts.keys()).filter((cluster) => counts[cluster]! > 0);
    this.sums = Float64Array.from(
      kept.flatMap((cluster) => Array.from(sums.subarray(cluster * d, (cluster + 1) * d))),
    );
    this.counts = Int32Array.from(kept, (cluster) => counts[cluster]!);
    const moved = new Int32Array(counts.length);
    kept.forEach((cluster, at) => {
      moved[cluster] = at;
    });
    if (kept.length < counts.length) this.assignment = this.assignment.map((cluster) => moved[cluster]!);
    return this.sums.map((sum, e) => sum / this.counts[Math.floor(e / d)]!);
  }

  /** Adopts another assignment, in the numbering of the last centres. Returns false if it is unchanged. */
  follow(next: Int32Array): boolean {
    const { assignment, cloud } = this;
    let changed = false;
    for (let i = 0; i < cloud.n; i++) {
      if (next[i] === assignment[i]) continue;
      changed = true;
      this.add(i, assignment[i]!, -1);
      this.add(i, next[i]!, 1);
    }
    this.assignment = next;
    return changed;
  }

  private add(point: number, cluster: number, times: 1 | -1): void {
    const {
      sums,
      counts,
      cloud: { data, d },
    } = this;
    counts[cluster]! += times;
    for (let c = cluster * d, at = point * d; at < (point + 1) * d; c++, at++) sums[c]! += times * data[at]!;
  }
}
