import { shareBoxes } from '../boxes.js';
import type { Predictions, Truths } from '../objects.js';
import { decodeAnchorHead } from './anchor-head.js';

/** A grid of cells over a picture, each with the numbers of one object: x, y, width, height, objectness, classes. */
export interface CellGrid {
  readonly rows: number;
  readonly columns: number;
  readonly classCount: number;
}

/** Smallest share of a picture that a side has, so that its logarithm is finite. */
const MIN_SIDE = 1e-3;

/**
 * Returns the boxes of logits `[rows, columns, 5 + classes]`, row-major, as shares of the picture: the formulas of
 * YOLOv3 with one anchor, the picture. The cell that has the center of an object predicts it. Throws as
 * `decodeAnchorHead`.
 */
export function decodeCellGrid(
  { rows, columns, classCount }: CellGrid,
  data: Float32Array,
  options: { readonly picture: number; readonly scoreThreshold: number },
): Predictions {
  const { boxes, ...rest } = decodeAnchorHead(
    {
      data,
      rows,
      columns,
      classCount,
      stride: 1,
      anchors: [{ width: columns, height: rows }],
      version: 'v3',
      layout: 'channels-last',
    },
    options,
  );
  return { ...rest, boxes: shareBoxes(boxes, { width: columns, height: rows }) };
}

/**
 * Returns what a grid should predict of objects whose positions are shares of the picture,
 * `[pictures, rows, columns, 5 + classes] float32`, row-major: x and y in the cell from 0 to 1, the logarithms of
 * width and height, 1 for an object, 1 for its class; 0 in cells without an object. Of several objects whose
 * centers share a cell, the largest stays.
 */
export function assignCells(
  { rows, columns, classCount }: CellGrid,
  { boxes, picture, classIndex }: Truths,
  pictures: number,
): Float32Array {
  const fields = 5 + classCount;
  const cells = new Float32Array(pictures * rows * columns * fields);
  const area = (i: number): number => boxes.width[i]! * boxes.height[i]!;
  const bySize = Array.from(picture.keys()).sort((a, b) => area(a) - area(b));
  for (const i of bySize) {
    const x = (boxes.x[i]! + boxes.width[i]! / 2) * columns;
    const y = (boxes.y[i]! + boxes.height[i]! / 2) * rows;
    const column = Math.min(columns - 1, Math.floor(x));
    const row = Math.min(rows - 1, Math.floor(y));
    const at = ((picture[i]! * rows + row) * columns + column) * fields;
    cells.fill(0, at, at + fields);
    cells.set(
      [
        x - column,
        y - row,
        Math.log(Math.max(MIN_SIDE, boxes.width[i]!)),
        Math.log(Math.max(MIN_SIDE, boxes.height[i]!)),
        1,
      ],
      at,
    );
    cells[at + 5 + classIndex[i]!] = 1;
  }
  return cells;
}
