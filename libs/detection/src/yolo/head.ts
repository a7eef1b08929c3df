import { checkCount, headInvalid, optionInvalid } from '../detection.errors.js';

/** One output of a network for one picture: a grid of cells with a number of channels. */
export interface HeadGrid {
  /** Logits, [channels, rows, columns] or [rows, columns, channels], row-major. */
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Side of a cell in pixels of the input, such as 8, 16 or 32. */
  readonly stride: number;
  readonly classCount: number;
  /** Default: `channels-first`. */
  readonly layout?: 'channels-first' | 'channels-last';
}

/** Score below which a box is no object, unless an option says another; that of Ultralytics. */
export const DEFAULT_SCORE_THRESHOLD = 0.25;

export interface DecodeOptions {
  /** Boxes with a lower score are left out, from 0 to 1. Default: `DEFAULT_SCORE_THRESHOLD`. */
  readonly scoreThreshold?: number;
  /** Number of the picture in the result. Default: 0. */
  readonly picture?: number;
}

/**
 * Returns a function that reads the logit of a channel in a cell. Throws `invalid` HEAD_INVALID unless the head
 * has this number of channels in each cell.
 */
export function readHead(
  { data, rows, columns, stride, classCount, layout = 'channels-first' }: HeadGrid,
  channels: number,
): (channel: number, cell: number) => number {
  for (const [name, count] of Object.entries({ rows, columns, classCount })) checkCount(name, count);
  if (!(stride > 0)) throw optionInvalid('stride', stride, 'a number of pixels above 0');
  const cells = rows * columns;
  if (data.length !== channels * cells)
    throw headInvalid(
      `the head has ${data.length} numbers; ${channels} channels of ${rows} by ${columns} cells are ` +
        `${channels * cells}; check the number of classes and the size of the grid`,
    );
  return layout === 'channels-first'
    ? (channel, cell) => data[channel * cells + cell]!
    : (channel, cell) => data[cell * channels + channel]!;
}
