import { emptyPositions, type PositionClasses, positionWidth, writePositions } from '@noema/engine';

/** The classes of the positions of all rows. */
export interface Positions {
  readonly predicted: PositionClasses;
  /** Absent without ground truth. */
  readonly truth?: PositionClasses;
}

/** Collects the classes that a model predicts at every position, part by part. */
export class PositionRows {
  private readonly predicted: PositionClasses;

  /** `width` are the numbers of one row. */
  constructor(
    private readonly rows: number,
    private readonly width: number,
    form: Omit<PositionClasses, 'data'>,
  ) {
    this.predicted = emptyPositions(rows, form);
  }

  /** Adds the numbers [n, width] of rows from `firstRow` on. */
  add(firstRow: number, numbers: Float32Array): void {
    const { predicted, width } = this;
    writePositions(predicted, firstRow, numbers, { width, isTruth: false });
  }

  /** The classes of all rows, with ground truth [rows, width] where there is some. */
  finish(truth: { readonly data: Float32Array; readonly width: number } | undefined): Positions {
    const { predicted, rows } = this;
    if (truth === undefined) return { predicted };
    const classes = emptyPositions(rows, predicted);
    writePositions(classes, 0, truth.data, { width: truth.width, isTruth: true });
    return { predicted, truth: classes };
  }
}

/** The positions of an output [..., channels], or of masks without an axis of channels. */
export const positionDims = (rowDims: readonly number[], channels: number): readonly number[] =>
  channels === rowDims.at(-1) ? rowDims.slice(0, -1) : rowDims;

/** Some of the rows, in the same memory. */
export function selectPositions(of: PositionClasses, firstRow: number, count: number): PositionClasses {
  const width = positionWidth(of);
  return { ...of, data: of.data.subarray(firstRow * width, (firstRow + count) * width) };
}
