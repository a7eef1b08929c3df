import { boxesInvalid } from './detection.errors.js';

export type FloatColumn = Float32Array | Float64Array;

/**
 * Boxes on a picture as columns [n]. x grows to the right, y downward; any unit of length, the same for all
 * columns. With `angle`, each box is rotated about its center, as the boxes of `@noema/integration` are.
 */
export interface Boxes {
  /** Left edge before the rotation. */
  readonly x: FloatColumn;
  /** Upper edge before the rotation. */
  readonly y: FloatColumn;
  readonly width: FloatColumn;
  readonly height: FloatColumn;
  /** Rotation about the center in degrees, clockwise. Default: no rotation. */
  readonly angle?: FloatColumn;
}

/**
 * Throws `invalid` BOXES_INVALID unless all columns have one length, all numbers are finite, and no width or
 * height is negative. `what` names the boxes in the message.
 */
export function checkBoxes(boxes: Boxes, what: string): void {
  for (const [name, column] of Object.entries(boxes) as [string, FloatColumn | undefined][]) {
    if (column === undefined) continue;
    checkLength(`${what}: ${name}`, column, boxes.x.length);
    const isSize = name === 'width' || name === 'height';
    const at = column.findIndex((value) => !Number.isFinite(value) || (isSize && value < 0));
    if (at < 0) continue;
    const allowed = isSize ? 'a finite number of 0 or more' : 'a finite number';
    throw boxesInvalid(`${what}: ${name} of box ${at} is ${column[at]}; it must be ${allowed}`);
  }
}

/** Throws `invalid` BOXES_INVALID unless a column has a value for each of n boxes. */
export function checkLength(what: string, column: ArrayLike<unknown>, n: number): void {
  if (column.length !== n)
    throw boxesInvalid(`${what} has ${column.length} values for ${n} boxes; it must have one for each`);
}

/** Returns boxes [n] from their edges left, top, right, bottom, [n, 4] row-major (Pascal VOC, torchvision). */
export const boxesFromEdges = (edges: ArrayLike<number>): Boxes =>
  boxesFromRows(edges, (left, top, right, bottom) => [left, top, right - left, bottom - top]);

/** Returns boxes [n] from x and y of their centers, width and height, [n, 4] row-major (YOLO). */
export const boxesFromCenters = (centers: ArrayLike<number>): Boxes =>
  boxesFromRows(centers, (x, y, width, height) => [x - width / 2, y - height / 2, width, height]);

type Four = [number, number, number, number];

function boxesFromRows(rows: ArrayLike<number>, convert: (...row: Four) => Four): Boxes {
  if (rows.length % 4 !== 0)
    throw boxesInvalid(`${rows.length} numbers are no boxes of four numbers each; give a multiple of 4`);
  const n = rows.length / 4;
  const boxes = emptyBoxes(n);
  for (let i = 0; i < n; i++) {
    const at = 4 * i;
    [boxes.x[i], boxes.y[i], boxes.width[i], boxes.height[i]] = convert(
      rows[at]!,
      rows[at + 1]!,
      rows[at + 2]!,
      rows[at + 3]!,
    );
  }
  checkBoxes(boxes, 'boxes');
  return boxes;
}

/** Returns n boxes of size 0. */
export const emptyBoxes = (n: number): Boxes => ({
  x: new Float64Array(n),
  y: new Float64Array(n),
  width: new Float64Array(n),
  height: new Float64Array(n),
});

/** Returns boxes without an angle as shares of an area: x and width by its width, y and height by its height. */
export function shareBoxes(
  { x, y, width, height }: Boxes,
  area: { readonly width: number; readonly height: number },
): Boxes {
  const share = (values: FloatColumn, side: number): Float64Array =>
    Float64Array.from(values, (value) => value / side);
  return {
    x: share(x, area.width),
    y: share(y, area.height),
    width: share(width, area.width),
    height: share(height, area.height),
  };
}

/** Returns the boxes at given indices, in their order. */
export function selectBoxes(boxes: Boxes, indices: ArrayLike<number>): Boxes {
  const pick = (column: FloatColumn): Float64Array => Float64Array.from(indices, (i) => column[i]!);
  return {
    x: pick(boxes.x),
    y: pick(boxes.y),
    width: pick(boxes.width),
    height: pick(boxes.height),
    ...(boxes.angle && { angle: pick(boxes.angle) }),
  };
}
