/** Texts one after the other in UTF-8; text i is `bytes` from `offsets[i]` to `offsets[i + 1]`. */
export interface Texts {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** Numbers, NaN for none. */
export interface NumberColumn {
  readonly type: 'number';
  readonly values: Float32Array;
}

/** Positions in `names`, −1 for none. */
export interface CodeColumn {
  readonly type: 'code';
  readonly values: Int32Array;
  readonly names: readonly string[];
}

/** Columns of all points, by row. */
export type PointColumn =
  | NumberColumn
  | CodeColumn
  | { readonly type: 'index'; readonly values: Int32Array }
  | ({ readonly type: 'text' } & Texts);

export type NamedColumn<Column extends PointColumn = PointColumn> = Column & { readonly name: string };

/** Makes a column of unchanged numbers; a value that is not finite is missing. */
export const numberColumn = (values: Float32Array): NumberColumn => ({
  type: 'number',
  values: values.map((value) => (Number.isFinite(value) ? value : NaN)),
});

/** Class numbers; a class without a name is called by its number. */
export function classColumn(classes: Int32Array, classNames: readonly string[]): CodeColumn {
  let count = classNames.length;
  for (let row = 0; row < classes.length; row++) if (classes[row]! >= count) count = classes[row]! + 1;
  return {
    type: 'code',
    values: classes,
    names: Array.from({ length: count }, (_, at) => classNames[at] ?? String(at)),
  };
}

/** Whether the class that was read is the true one, `false` or `true`; none for a point without a class. */
export const correctColumn = (correct: ArrayLike<number>, classes: Int32Array): CodeColumn => ({
  type: 'code',
  names: ['false', 'true'],
  values: classes.map((one, row) => (one < 0 ? -1 : correct[row]!)),
});

/** Whether all labels are predicted correctly, `false` or `true`; none for a point without ground truth. */
export const matchColumn = (correct: ArrayLike<number>, hasTruth: Uint8Array): CodeColumn => ({
  type: 'code',
  names: ['false', 'true'],
  values: Int32Array.from(hasTruth, (has, row) => (has === 1 ? correct[row]! : -1)),
});

/**
 * The probability of a class of each point, none for −1. `probabilities` is [n, width], row-major; width 1 is
 * the probability of class 1 of two.
 */
export function probabilityColumn(
  probabilities: Float32Array,
  width: number,
  classes: Int32Array,
): NumberColumn {
  const values = new Float32Array(classes.length).fill(NaN);
  for (let row = 0; row < values.length; row++) {
    const one = classes[row]!;
    if (width === 1 && one >= 0) values[row] = one === 1 ? probabilities[row]! : 1 - probabilities[row]!;
    else if (one >= 0 && one < width) values[row] = probabilities[row * width + one]!;
  }
  return { type: 'number', values };
}

/** Bytes that a column takes in memory. */
export function countBytes(column: PointColumn): number {
  if (column.type === 'text') return column.bytes.byteLength + column.offsets.byteLength;
  return (
    column.values.byteLength +
    (column.type === 'code' ? column.names.reduce((sum, name) => sum + 2 * name.length + 24, 0) : 0)
  );
}
