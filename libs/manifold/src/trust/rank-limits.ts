/** Targets in the order of their values, ties by index. Ranks of further points are found by search. */
export class RankLimits {
  /**
   * Inserted targets since `clear` [k], ascending: their values, their indexes, and the number of the
   * insertion.
   */
  readonly values: Float64Array;
  readonly ids: Int32Array;
  readonly order: Int32Array;
  private held = 0;

  constructor(readonly k: number) {
    this.values = new Float64Array(k);
    this.ids = new Int32Array(k);
    this.order = new Int32Array(k);
  }

  clear(): void {
    this.held = 0;
  }

  insert(id: number, value: number): void {
    const { values, ids, order } = this;
    const m = this.held++;
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

  /** Returns the number of targets before a value; of equal ones, the targets with a smaller index. */
  findPlace(value: number, id: number): number {
    const { values, ids } = this;
    let low = 0;
    let high = this.k;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle]! > value || (values[middle] === value && ids[middle]! > id)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
