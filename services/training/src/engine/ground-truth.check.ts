import { type PackedBoxes, TRUTH_FIELDS } from '@noema/detection';
import { lossHead } from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { SplitRange } from '@noema/population';
import type { RunObjective } from '../run/run.js';

export interface GroundTruth {
  /** [rows, width]. */
  readonly data: Float32Array;
  readonly width: number;
  /** Size of the output's last axis. */
  readonly channels: number;
}

const TOLERANCE = 1e-3;

const FIELDS = ['x', 'y', 'width', 'height'];

/**
 * Holds the ground truth of all labelled rows to what the loss takes: class numbers, shares of classes that
 * sum to 1 (of several positions, some may have zeros, which are no class), or labels of 0 and 1. Throws `invalid`
 * GROUND_TRUTH_MISFIT that names row and value.
 */
export function checkGroundTruth(
  { output, loss }: RunObjective,
  { data, width, channels }: GroundTruth,
  splits: readonly SplitRange[],
): void {
  if (loss === undefined) return;
  const { key, of } = lossHead(loss.name);
  if (of === 'numbers') return;
  const isSparse = key.startsWith('sparse');
  const refuse = (row: number, is: string, wanted: string): never => {
    throw new DomainError(
      'invalid',
      'GROUND_TRUTH_MISFIT',
      `the ground truth of output "${output}" in row ${row} ${is}; the loss ${key} takes ${wanted}`,
      { metadata: { output, row: String(row), loss: key } },
    );
  };
  for (const { split, firstRow, count } of splits) {
    if (split === 'unlabeled') continue;
    for (let row = firstRow; row < firstRow + count; row++) {
      for (let i = row * width; i < (row + 1) * width; i++) {
        const value = data[i]!;
        if (isSparse && !(Number.isInteger(value) && value >= 0 && value < channels))
          refuse(row, `is ${value}`, `class numbers from 0 to ${channels - 1}`);
        if (of === 'labels' && value !== 0 && value !== 1)
          refuse(row, `is ${value}`, '0 or 1; for numbers take mean_squared_error');
        if (!(value >= 0) || (!isSparse && value > 1))
          refuse(row, `is ${value}`, 'shares of classes from 0 to 1, such as a one-hot label');
      }
      if (of === 'classes' && !isSparse) checkShares(data, row, { width, channels }, refuse);
    }
  }
}

function checkShares(
  data: Float32Array,
  row: number,
  { width, channels }: Pick<GroundTruth, 'width' | 'channels'>,
  refuse: (row: number, is: string, wanted: string) => never,
): void {
  for (let at = row * width; at < (row + 1) * width; at += channels) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[at + c]!;
    const isOpen = sum === 0 && width > channels;
    if (!isOpen && Math.abs(sum - 1) > TOLERANCE)
      refuse(
        row,
        `sums to ${sum}`,
        'shares of classes that sum to 1; several labels a sample need a sigmoid and binary_crossentropy',
      );
  }
}

/**
 * Returns the objects of labelled rows. Throws `invalid`
 * GROUND_TRUTH_MISFIT that names row, object and value of a class that the data do not name, or of a position that is
 * no share of the picture.
 */
export function checkTrueObjects(
  { data, width }: PackedBoxes,
  classCount: number,
  { output, splits }: { readonly output: string; readonly splits: readonly SplitRange[] },
): PackedBoxes {
  const labelled = new Float32Array(data.length);
  for (let at = 4; at < labelled.length; at += TRUTH_FIELDS) labelled[at] = -1;
  const refuse = (at: number, is: string, wanted: string): never => {
    const [row, object] = [Math.floor(at / width), Math.floor((at % width) / TRUTH_FIELDS)];
    throw new DomainError(
      'invalid',
      'GROUND_TRUTH_MISFIT',
      `the ground truth of output "${output}" in row ${row}, object ${object}: ${is}; give ${wanted}`,
      { metadata: { output, row: String(row) } },
    );
  };
  for (const { split, firstRow, count } of splits) {
    if (split === 'unlabeled') continue;
    for (let at = firstRow * width; at < (firstRow + count) * width; at += TRUTH_FIELDS) {
      const classIndex = data[at + 4]!;
      if (classIndex === -1) continue;
      if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= classCount)
        refuse(
          at,
          `the class is ${classIndex}`,
          `a class number from 0 to ${classCount - 1}, or -1 for no object`,
        );
      FIELDS.forEach((field, i) => {
        const value = data[at + i]!;
        if (!(value >= 0 && value <= 1))
          refuse(at, `${field} is ${value}`, 'shares of the picture from 0 to 1');
      });
    }
    labelled.set(data.subarray(firstRow * width, (firstRow + count) * width), firstRow * width);
  }
  return { data: labelled, width };
}
