import { elementCount } from '@noema/onnx';
import { largest } from './largest.js';

/** The class of every position of many rows, such as of the pixels of a mask or the words of a text. */
export interface PositionClasses {
  /**
   * [rows, positions] of classes that exclude each other: 1 + the class, 0 for a position without one.
   * [rows, positions, channels] of others: 1 where a position has the class.
   */
  readonly data: Uint8Array | Int32Array;
  /** Positions of one row, such as height and width. */
  readonly dims: readonly number[];
  readonly channels: number;
  readonly isExclusive: boolean;
}

/** Numbers of one row. */
export const positionWidth = ({ dims, channels, isExclusive }: Omit<PositionClasses, 'data'>): number =>
  elementCount(dims) * (isExclusive ? 1 : channels);

/** Numbers that become classes of positions: an output, or its ground truth. */
export interface PositionNumbers {
  /** Numbers of one row. */
  readonly width: number;
  /** True for ground truth, in which a position whose numbers are all 0 has no class. */
  readonly isTruth: boolean;
}

/** Memory for the classes of `rows` rows, without a class anywhere. */
export function emptyPositions(
  rows: number,
  { dims, channels, isExclusive }: Omit<PositionClasses, 'data'>,
): PositionClasses {
  const length = rows * positionWidth({ dims, channels, isExclusive });
  const data = channels < 256 ? new Uint8Array(length) : new Int32Array(length);
  return { data, dims, channels, isExclusive };
}

/**
 * Writes the classes of rows from `firstRow` on, whose numbers [n, width] are one for each class and position, or the
 * class itself. The largest number is the class, the first of equal ones, none where it is NaN. Of classes
 * that do not exclude each other, a position has all above one half.
 */
export function writePositions(
  into: PositionClasses,
  firstRow: number,
  numbers: Float32Array,
  { width, isTruth }: PositionNumbers,
): void {
  const { data, dims, channels, isExclusive } = into;
  const start = firstRow * positionWidth(into);
  if (!isExclusive) {
    for (let at = 0; at < numbers.length; at++) data[start + at] = numbers[at]! > 0.5 ? 1 : 0;
    return;
  }
  const positions = elementCount(dims);
  const isSparse = isTruth && width === positions;
  for (let at = 0; at < (numbers.length / width) * positions; at++) {
    const found = isSparse ? numbers[at]! : largest(numbers, at, channels);
    const value = numbers[isSparse ? at : at * channels + found]!;
    const isNone = isSparse ? !(found >= 0 && found < channels) : isTruth ? value === 0 : Number.isNaN(value);
    data[start + at] = isNone ? 0 : found + 1;
  }
}
