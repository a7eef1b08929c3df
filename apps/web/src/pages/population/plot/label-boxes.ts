/** A label's box on the canvas, in CSS pixels. */
export interface LabelBox {
  readonly code: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Leaves out the labels that would cover one before them, and those outside of the canvas. */
export function placeLabels(boxes: readonly LabelBox[], width: number, height: number, gap = 2): LabelBox[] {
  const placed: LabelBox[] = [];
  for (const box of boxes) {
    if (box.left + box.width < 0 || box.top + box.height < 0 || box.left > width || box.top > height)
      continue;
    const free = placed.every(
      (p) =>
        box.left > p.left + p.width + gap ||
        p.left > box.left + box.width + gap ||
        box.top > p.top + p.height + gap ||
        p.top > box.top + box.height + gap,
    );
    if (free) placed.push(box);
  }
  return placed;
}

/** Side of a cell in which dots are counted, in CSS pixels. */
const CELL = 10;

/** Counts dots of a canvas in boxes: sums over cells, so that a box costs four look-ups. */
export class DotGrid {
  private readonly columns: number;
  private readonly rows: number;
  private readonly sums: Uint32Array;

  /** `places` are CSS pixels, float32 [n, 2]; those outside of the canvas and NaN are left out. */
  constructor(
    width: number,
    height: number,
    readonly places: Float32Array,
  ) {
    [this.columns, this.rows] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
    this.sums = new Uint32Array((this.columns + 1) * (this.rows + 1));
    for (let i = 0; i < places.length; i += 2) {
      const x = places[i]!;
      const y = places[i + 1]!;
      if (x >= 0 && y >= 0 && x < width && y < height)
        this.sums[this.slot(Math.floor(x / CELL) + 1, Math.floor(y / CELL) + 1)]!++;
    }
    for (let row = 1; row <= this.rows; row++) {
      for (let column = 1; column <= this.columns; column++)
        this.sums[this.slot(column, row)]! +=
          this.at(column - 1, row) + this.at(column, row - 1) - this.at(column - 1, row - 1);
    }
  }

  /** Dots in the cells that a box touches. */
  count({ left, top, width, height }: Omit<LabelBox, 'code'>): number {
    const cell = (value: number, most: number): number => Math.max(0, Math.min(most, value));
    const [first, last] = [
      cell(Math.floor(left / CELL), this.columns),
      cell(Math.ceil((left + width) / CELL), this.columns),
    ];
    const [upper, lower] = [
      cell(Math.floor(top / CELL), this.rows),
      cell(Math.ceil((top + height) / CELL), this.rows),
    ];
    return this.at(last, lower) - this.at(first, lower) - this.at(last, upper) + this.at(first, upper);
  }

  private slot(column: number, row: number): number {
    return row * (this.columns + 1) + column;
  }

  private at(column: number, row: number): number {
    return this.sums[this.slot(column, row)]!;
  }
}

/** Distances in CSS pixels that a name may keep from the middle of what it names. */
const DISTANCES = [16, 28, 44, 64, 90];
/** How many pixels of distance it is worth not to cover the dots of a whole name. */
const COVER_PX = 400;

/**
 * How far a name moves from the middle of its dots so that it covers few of them; `perName` is the number of
 * dots that a name stands for on average.
 */
export function besideDots(
  box: LabelBox,
  dots: DotGrid,
  perName: number,
  width: number,
  height: number,
): readonly [dx: number, dy: number] {
  let best: readonly [number, number] = [0, 0];
  let least = Infinity;
  for (const [dx, dy] of OFFSETS) {
    const moved = { ...box, left: box.left + dx, top: box.top + dy };
    if (moved.left < 0 || moved.top < 0 || moved.left + box.width > width || moved.top + box.height > height)
      continue;
    const cost = (COVER_PX * dots.count(moved)) / Math.max(1e-9, perName) + Math.hypot(dx, dy);
    if (cost < least) [best, least] = [[dx, dy], cost];
  }
  return best;
}

const OFFSETS: readonly (readonly [number, number])[] = [
  [0, 0],
  ...DISTANCES.flatMap((far) =>
    Array.from(
      { length: 8 },
      (_, turn) =>
        [1.4 * far * Math.cos((turn * Math.PI) / 4), far * Math.sin((turn * Math.PI) / 4)] as const,
    ),
  ),
];
