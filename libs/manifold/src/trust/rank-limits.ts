/**
 * Some targets in the order of their values, ties by index, and how many others lie before each of them: their ranks come from counting, so that
 * nothing else is sorted.
 */
export class RankLimits {
  /** Of the targets inserted since `clear` [k], ascending. */
  readonly values: Float64Array;
  /** Others by place [k + 1]: those before the first target, between the first and the second, … */
  readonly counts: Int32Array;
  private readonly ids: Int32Array;
  private readonly order: Int32Array;
  private held = 0;

  constructor(readonly k: number) {
    this.values = new Float64Array(k);
    this.counts = new Int32Array(k + 1);
    this.ids = new Int32Array(k);
    this.order = new Int32Array(k);
  }

  clear(): void {
    this.held = 0;
    this.counts.fill(0);
  }

  insert(id: number, value: number): void {
    const { values, ids, order } = this, m = this.held++;
    let at = m;
    for (; at > 0 && (values[at - 1]! > value || (values[at - 1] === value && ids[at - 1]! > id)); at--) {
      values[at] = values[at - 1]!;
      ids[at] = ids[at - 1]!;
      order[at] = order[at - 1]!;
    }
    values[at] = value;
    ids[at] = id;
    order[at] = m;
  }

  /** How many targets come before a value; of equal ones those with a smaller index. */
  placeOf(value: number, id: number): number {
    const { values, ids } = this;
    let low = 0, high = this.k;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle]! > value || (values[middle] === value && ids[middle]! > id)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Adds to the rank of every target, in the order of insertion, the others that were counted before it. */
  addTo(ranks: Int32Array): void {
    let before = 0;
    for (let m = 0; m < this.k; m++) {
      before += this.counts[m]!;
      ranks[this.order[m]!]! += before;
    }
  }
}
