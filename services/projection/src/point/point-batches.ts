import type { NamedColumn, PointColumn, Texts } from './point-columns.js';
import { type PointOrder, rowsOfPoints, spreadStride } from './point-order.js';

/** Columns of all points, to be sent in an order, batch by batch. */
export interface PointBatches {
  readonly count: number;
  readonly dimensions: 2 | 3;
  readonly order: PointOrder;
  /** Point i is row i · stride mod count; 1 in the order of the rows. */
  readonly stride: number;
  readonly columns: readonly NamedColumn[];
  /**
   * The values of each column for the points of each batch, 0 points for a small first one and larger others;
   * both made only on request.
   */
  readonly batches: (size: number) => Iterable<Iterable<Float32Array | Int32Array | Texts>>;
}

/** Points of a batch unless a caller says otherwise: the first ones are seen early. */
const FIRST_POINTS = 16_384;
const LATER_POINTS = 65_536;

export function pointBatches(
  columns: readonly NamedColumn[],
  { count, dimensions, order }: Pick<PointBatches, 'count' | 'dimensions' | 'order'>,
): PointBatches {
  const stride = order === 'spread' ? spreadStride(count) : 1;
  function* batches(size: number): Generator<Generator<Float32Array | Int32Array | Texts>> {
    for (let from = 0; from < count; ) {
      const to = Math.min(count, from + (size > 0 ? size : from === 0 ? FIRST_POINTS : LATER_POINTS));
      yield gatherValues(rowsOfPoints(count, stride, from, to));
      from = to;
    }
  }
  function* gatherValues(rows: Int32Array): Generator<Float32Array | Int32Array | Texts> {
    for (const column of columns) yield gather(column, rows);
  }
  return { count, dimensions, order, stride, columns, batches };
}

function gather(column: PointColumn, rows: Int32Array): Float32Array | Int32Array | Texts {
  if (column.type === 'text') return gatherTexts(column, rows);
  const { values } = column;
  const picked = column.type === 'number' ? new Float32Array(rows.length) : new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]!]!;
  return picked;
}

function gatherTexts({ bytes, offsets }: Texts, rows: Int32Array): Texts {
  const to = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) to[i + 1] = to[i]! + offsets[rows[i]! + 1]! - offsets[rows[i]!]!;
  const picked = new Uint8Array(to[rows.length]!);
  for (let i = 0; i < rows.length; i++) {
    let at = to[i]!;
    for (let from = offsets[rows[i]!]!, end = offsets[rows[i]! + 1]!; from < end; from++)
      picked[at++] = bytes[from]!;
  }
  return { bytes: picked, offsets: to };
}
