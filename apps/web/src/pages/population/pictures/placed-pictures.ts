import { type BitMask, hasBit } from '../points/bit-mask.js';
import type { Places } from './places.js';

/** A picture on the canvas, in CSS pixels. */
export interface PlacedPicture {
  readonly point: number;
  /** From the dot to the middle of the picture. */
  readonly dx: number;
  readonly dy: number;
  /** Column and line of its cell in a grid; 0 outside of one. */
  readonly column: number;
  readonly line: number;
}

/** Pictures of a view. */
export interface Pictures {
  readonly size: number;
  readonly pictures: readonly PlacedPicture[];
  /** How many samples, or cells of a grid, could have one. */
  readonly of: number;
}

/** Size of the canvas in CSS pixels. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

/** Which points take part, and which of them first. */
export interface Ranked {
  readonly mask: BitMask | undefined;
  /** The higher of two goes first; NaN last. */
  readonly rank: Float32Array | undefined;
}

/** How large and how many pictures are. */
export interface PictureLimits {
  /** Width and height of a picture in CSS pixels, least and most. */
  readonly sizes: readonly [least: number, most: number];
  /** Most pictures at once. */
  readonly pictures: number;
  /** With more samples in view, single dots have no picture. */
  readonly inView: number;
}

/** Points that are looked at between two pauses. */
const STEP = 32_768;
const GAP = 2;
const NONE: Pictures = { size: 0, pictures: [], of: 0 };

/**
 * Pictures at their dots when few samples are in view: as many as fit without overlap, from the highest
 * rank down. Yields between steps, so that the page can draw.
 */
export function* picturesAtDots(
  places: Places,
  { width, height }: CanvasSize,
  { mask, rank }: Ranked,
  limits: PictureLimits,
): Generator<undefined, Pictures, void> {
  const inView: { readonly point: number; readonly x: number; readonly y: number }[] = [];
  for (let point = 0; point < places.count; point++) {
    if (point % STEP === STEP - 1) yield undefined;
    if (mask !== undefined && !hasBit(mask, point)) continue;
    places.move(point);
    const { x, y } = places;
    if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
    if (inView.length === limits.inView) return NONE;
    inView.push({ point, x, y });
  }
  const [least, most] = limits.sizes;
  const roomy = 0.45 * Math.sqrt((width * height) / Math.max(1, inView.length));
  const size = Math.round(Math.max(least, Math.min(most, roomy)));
  const findRank = (point: number): number => {
    const value = rank?.[point] ?? NaN;
    return Number.isNaN(value) ? -Infinity : value;
  };
  inView.sort((a, b) => findRank(b.point) - findRank(a.point) || a.point - b.point);
  const placed: typeof inView = [];
  for (const one of inView) {
    if (placed.length === limits.pictures) break;
    const isFree = placed.every(
      ({ x, y }) => Math.abs(x - one.x) >= size + GAP || Math.abs(y - one.y) >= size + GAP,
    );
    if (isFree) placed.push(one);
  }
  return {
    size,
    pictures: placed.map(({ point }) => ({ point, dx: 0, dy: 0, column: 0, line: 0 })),
    of: inView.length,
  };
}

/**
 * A grid over the view, each cell with the picture of one sample in it: the one of the highest rank, or
 * without ranks the one nearest to the middle of the cell. Yields between steps.
 */
export function* picturesOfCells(
  places: Places,
  { width, height }: CanvasSize,
  { mask, rank }: Ranked,
  { sizes: [least], pictures: most }: PictureLimits,
): Generator<undefined, Pictures, void> {
  const size = Math.max(least, Math.ceil(Math.sqrt((width * height) / most)));
  const [columns, lines] = [Math.floor(width / size), Math.floor(height / size)];
  const [left, top] = [(width - columns * size) / 2, (height - lines * size) / 2];
  const middle = (cell: number, from: number): number => from + (cell + 0.5) * size;
  const points = new Int32Array(Math.max(0, columns * lines)).fill(-1);
  const best = new Float32Array(points.length);
  const offsets = new Float32Array(2 * points.length);
  for (let point = 0; point < places.count; point++) {
    if (point % STEP === STEP - 1) yield undefined;
    if (mask !== undefined && !hasBit(mask, point)) continue;
    places.move(point);
    const column = Math.floor((places.x - left) / size);
    const line = Math.floor((places.y - top) / size);
    if (!(column >= 0 && line >= 0 && column < columns && line < lines)) continue;
    const cell = line * columns + column;
    const dx = middle(column, left) - places.x;
    const dy = middle(line, top) - places.y;
    const value = rank === undefined ? -(dx * dx + dy * dy) : (rank[point] ?? NaN);
    const isBetter = value > best[cell]! || (Number.isNaN(best[cell]!) && !Number.isNaN(value));
    if (points[cell] !== -1 && !isBetter) continue;
    [points[cell], best[cell], offsets[2 * cell], offsets[2 * cell + 1]] = [point, value, dx, dy];
  }
  const pictures: PlacedPicture[] = [];
  points.forEach((point, cell) => {
    if (point >= 0)
      pictures.push({
        point,
        dx: offsets[2 * cell]!,
        dy: offsets[2 * cell + 1]!,
        column: cell % columns,
        line: Math.floor(cell / columns),
      });
  });
  return { size: size - GAP, pictures, of: pictures.length };
}

/** The pictures whose tiles lie on few sheets; the first ones are kept. */
export function onFewSheets(
  { pictures, ...rest }: Pictures,
  findSheet: (point: number) => string,
  most: number,
): Pictures {
  const sheets = new Set<string>();
  return {
    ...rest,
    pictures: pictures.filter(({ point }) => {
      const sheet = findSheet(point);
      if (!sheets.has(sheet) && sheets.size === most) return false;
      sheets.add(sheet);
      return true;
    }),
  };
}

/** Index of the picture that an arrow key leads to in a grid; the same one at an edge. */
export function neighborByKey(
  pictures: readonly PlacedPicture[],
  from: number,
  key: string,
): number | undefined {
  const direction = DIRECTIONS[key];
  const start = pictures[from];
  if (key === 'Home') return 0;
  if (key === 'End') return pictures.length - 1;
  if (direction === undefined) return undefined;
  if (start === undefined) return 0;
  let [next, least] = [from, Infinity];
  pictures.forEach(({ column, line }, at) => {
    const [right, down] = [column - start.column, line - start.line];
    const ahead = right * direction[0] + down * direction[1];
    const aside = Math.abs(right * direction[1]) + Math.abs(down * direction[0]);
    if (ahead > 0 && aside <= ahead && ahead + 2 * aside < least) [next, least] = [at, ahead + 2 * aside];
  });
  return next;
}

const DIRECTIONS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
