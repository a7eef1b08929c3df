import { PLAIN_SIZE } from './appearance.js';
import { easeInOut, mix } from './easing.js';
import { lengthsDiffer, tooManyPoints } from './scatterplot.errors.js';

/** Values of one axis each, float32 [n]. */
export interface Columns {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z?: Float32Array | undefined;
}

/** Points of an array that changed, from `first` to before `end`. */
export interface Changed {
  readonly first: number;
  readonly end: number;
}

/** All data of the points, from which the WebGL state can be created again. */
export class PointStore {
  count = 0;
  /** `[capacity, dimensions]`, where points are or glide to. */
  readonly positions: Float32Array;
  readonly colors: Uint32Array;
  readonly sizes: Uint8Array;
  sized = false;

  constructor(
    private readonly capacity: number,
    private readonly dimensions: 2 | 3,
  ) {
    this.positions = new Float32Array(capacity * dimensions);
    this.colors = new Uint32Array(capacity).fill(0xff808080);
    this.sizes = new Uint8Array(capacity).fill(PLAIN_SIZE);
  }

  /** Adds points; returns which. */
  append(columns: Columns): Changed {
    const [first, end] = [this.count, this.count + columns.x.length];
    if (end > this.capacity) throw tooManyPoints(end, this.capacity);
    this.place(first, columns, columns.x.length);
    this.count = end;
    return { first, end };
  }

  /** Sets the places of all points. */
  moveTo(columns: Columns): void {
    this.place(0, columns, this.count);
  }

  /**
   * Stores colours of the points from `from` on. Returns the range that changed. `palette` is RGBA `[256,
   * 4]`.
   */
  paint(codes: Uint8Array, palette: Uint8Array, from = 0): Changed {
    if (palette.length !== 1024) throw lengthsDiffer('the palette', palette.length, 1024);
    const colors = new Uint32Array(palette.slice().buffer);
    return replaced(
      this.colors,
      from,
      Math.min(this.capacity, from + codes.length),
      (i) => colors[codes[i - from]!]!,
    );
  }

  /** Stores sizes of the points from `from` on. Returns the range that changed. */
  resize(codes: Uint8Array | undefined, from = 0): Changed {
    this.sized = codes !== undefined;
    return replaced(
      this.sizes,
      from,
      codes === undefined ? this.capacity : Math.min(this.capacity, from + codes.length),
      codes === undefined ? () => PLAIN_SIZE : (i) => codes[i - from]!,
    );
  }

  private place(first: number, { x, y, z }: Columns, n: number): void {
    const { positions, dimensions } = this;
    const axes = dimensions === 2 ? [x, y] : [x, y, z ?? new Float32Array(0)];
    axes.forEach((values, axis) => {
      if (values.length !== n) throw lengthsDiffer(`the ${'xyz'[axis]} column`, values.length, n);
    });
    axes.forEach((values, axis) => {
      for (let i = 0, at = first * dimensions + axis; i < n; i++, at += dimensions)
        positions[at] = values[i]!;
    });
  }
}

/** Where points are on their way from one array of positions to another. */
export function between(before: Float32Array, after: Float32Array, length: number, t: number): Float32Array {
  const [share, result] = [easeInOut(t), new Float32Array(length)];
  for (let i = 0; i < length; i++) result[i] = mix(before[i]!, after[i]!, share);
  return result;
}

function replaced(
  values: Uint32Array | Uint8Array,
  from: number,
  to: number,
  value: (i: number) => number,
): Changed {
  let [first, end] = [to, 0];
  for (let i = from; i < to; i++) {
    const next = value(i);
    if (values[i] === next) continue;
    values[i] = next;
    if (i < first) first = i;
    end = i + 1;
  }
  return { first: Math.min(first, end), end };
}
