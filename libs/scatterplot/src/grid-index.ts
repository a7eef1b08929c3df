const SLICE = 32_768;
const POINTS_A_CELL = 4;

/** Finds the nearest of many places in a plane: a uniform grid, filled by a counting sort in slices. */
export class GridIndex {
  private readonly steps: Generator<void, void>;
  private done = false;
  private side = 1;
  private low: [number, number] = [0, 0];
  private cells: [number, number] = [1, 1];
  private starts = new Uint32Array(2);
  private members = new Uint32Array(0);

  /**
   * `places` is `[n, 2]`, row-major; points that are not finite are never found. `prepare` may fill `places`
   * before they are read, in slices of points.
   */
  constructor(
    private readonly places: Float32Array,
    private readonly n: number,
    private readonly prepare?: (from: number, to: number) => void,
  ) {
    this.steps = this.build();
  }

  /** Continues to build for about this many milliseconds. Returns true once the index can be queried. */
  work(budgetMs: number): boolean {
    const end = performance.now() + budgetMs;
    while (!this.done && performance.now() < end) this.done = this.steps.next().done === true;
    return this.done;
  }

  get ready(): boolean {
    return this.done;
  }

  /** The accepted place nearest to (x, y) within the radius, the first of equals; −1 for none. */
  nearest(
    x: number,
    y: number,
    radius: number,
    accept: (place: number, distance: number) => boolean,
  ): number {
    const { places, side, low, cells, starts, members } = this;
    const at = (value: number, axis: 0 | 1): number =>
      Math.min(cells[axis] - 1, Math.max(0, Math.floor((value - low[axis]) / side)));
    let [best, bestDistance] = [-1, radius * radius];
    for (let row = at(y - radius, 1); row <= at(y + radius, 1); row++) {
      const from = starts[row * cells[0] + at(x - radius, 0)]!;
      const to = starts[row * cells[0] + at(x + radius, 0) + 1]!;
      for (let k = from; k < to; k++) {
        const i = members[k]!;
        const distance = (places[2 * i]! - x) ** 2 + (places[2 * i + 1]! - y) ** 2;
        if (
          distance > bestDistance ||
          (distance === bestDistance && best !== -1 && i > best) ||
          !accept(i, Math.sqrt(distance))
        )
          continue;
        [best, bestDistance] = [i, distance];
      }
    }
    return best;
  }

  private *build(): Generator<void, void> {
    const { places, n } = this;
    let [lowX, lowY, highX, highY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let from = 0; from < n; from += SLICE) {
      const to = Math.min(n, from + SLICE);
      this.prepare?.(from, to);
      for (let i = 2 * from; i < 2 * to; i += 2) {
        const x = places[i]!;
        const y = places[i + 1]!;
        if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
        lowX = Math.min(lowX, x);
        highX = Math.max(highX, x);
        lowY = Math.min(lowY, y);
        highY = Math.max(highY, y);
      }
      yield;
    }
    if (!(highX >= lowX)) return;
    this.layOut(lowX, lowY, highX - lowX, highY - lowY);
    yield* this.sort();
  }

  private layOut(lowX: number, lowY: number, width: number, height: number): void {
    const wanted = Math.max(1, this.n / POINTS_A_CELL);
    const longer = Math.max(width, height);
    this.side =
      longer === 0 ? 1 : Math.max(Math.sqrt((width * height) / wanted), longer / wanted, longer / 2048);
    this.low = [lowX, lowY];
    this.cells = [Math.floor(width / this.side) + 1, Math.floor(height / this.side) + 1];
  }

  private *sort(): Generator<void, void> {
    const { places, n, side, low, cells } = this;
    const starts = (this.starts = new Uint32Array(cells[0] * cells[1] + 1));
    const toCell = (i: number): number =>
      Math.min(cells[1] - 1, Math.floor((places[2 * i + 1]! - low[1]) / side)) * cells[0] +
      Math.min(cells[0] - 1, Math.floor((places[2 * i]! - low[0]) / side));
    for (let from = 0; from < n; from += SLICE) {
      for (let i = from; i < Math.min(n, from + SLICE); i++) {
        const cell = toCell(i);
        if (cell >= 0) starts[cell]!++;
      }
      yield;
    }
    for (let cell = 1; cell < starts.length; cell++) starts[cell]! += starts[cell - 1]!;
    const members = (this.members = new Uint32Array(starts[starts.length - 1]!));
    for (let to = n; to > 0; to -= SLICE) {
      for (let i = to - 1; i >= Math.max(0, to - SLICE); i--) {
        const cell = toCell(i);
        if (cell >= 0) members[--starts[cell]!] = i;
      }
      yield;
    }
  }
}
