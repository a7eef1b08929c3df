import { DataType, Field, FixedSizeList, Float32, Int32, makeData, Uint8 } from 'apache-arrow';
import { DomainError } from '@noema/kernel';
import { type ArrowColumn, readArrow, writeArrow } from './arrow-file.js';

export type MatrixData = Float32Array | Int32Array | Uint8Array;

/** A named tensor `[rows, ...dims]`, row-major. `dims` is empty for one number per row. */
export interface MatrixColumn<T extends MatrixData = MatrixData> {
  readonly name: string;
  readonly data: T;
  readonly rows: number;
  readonly dims: readonly number[];
  /** For bytes that encode float32 numbers: number = byte / divisor. */
  readonly divisor?: number;
}

const DIVISOR = 'noema:divisor';
const DIVISORS = [1, 255] as const;

/**
 * Returns the column as bytes if every number is a byte or a byte / 255, as in pictures; otherwise the column
 * itself. `float32` restores the same numbers bit for bit.
 */
export function packed(column: MatrixColumn<Float32Array>): MatrixColumn {
  const { data } = column;
  for (const divisor of DIVISORS) {
    const bytes = new Uint8Array(data.length);
    let at = 0;
    for (; at < data.length; at++) {
      bytes[at] = Math.round(data[at]! * divisor);
      if (!Object.is(Math.fround(bytes[at]! / divisor), data[at])) break;
    }
    if (at === data.length) return { ...column, data: bytes, divisor };
  }
  return column;
}

/** The columns of a matrix file by name. */
export class MatrixFile {
  constructor(
    readonly rows: number,
    readonly columns: readonly MatrixColumn[],
    /** Metadata of the whole file. */
    readonly metadata: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** Returns the column. Throws `data-loss` COLUMN_MISSING, which lists the columns of the file. */
  column(name: string): MatrixColumn {
    const column = this.columns.find((c) => c.name === name);
    if (column !== undefined) return column;
    throw new DomainError(
      'data-loss',
      'COLUMN_MISSING',
      `the file has no column "${name}"; it has ${this.columns.map((c) => c.name).join(', ')}`,
    );
  }

  /**
   * Returns the float32 column of that name, including one stored as bytes. Throws `data-loss` COLUMN_MISSING
   * or COLUMN_TYPE.
   */
  float32(name: string): MatrixColumn<Float32Array> {
    return this.float32Rows(name, 0, this.rows);
  }

  /** Returns the rows from `from` to `to` of the column. Throws as `float32`. */
  float32Rows(name: string, from: number, to: number): MatrixColumn<Float32Array> {
    const { data, dims, divisor } = this.column(name);
    const size = product(dims);
    const numbers =
      data instanceof Uint8Array && divisor !== undefined
        ? toNumbers(data.subarray(from * size, to * size), divisor)
        : this.typed(name, Float32Array).data.subarray(from * size, to * size);
    return { name, dims, rows: to - from, data: numbers };
  }

  /** Returns the int32 column of that name. Throws `data-loss` COLUMN_MISSING or COLUMN_TYPE. */
  int32(name: string): MatrixColumn<Int32Array> {
    return this.typed(name, Int32Array);
  }

  /** Returns the uint8 column of that name. Throws `data-loss` COLUMN_MISSING or COLUMN_TYPE. */
  uint8(name: string): MatrixColumn<Uint8Array> {
    return this.typed(name, Uint8Array);
  }

  private typed<T extends MatrixData>(name: string, type: new (length: number) => T): MatrixColumn<T> {
    const column = this.column(name);
    if (column.data instanceof type) return column as MatrixColumn<T>;
    throw new DomainError(
      'data-loss',
      'COLUMN_TYPE',
      `column "${name}" holds ${column.data.constructor.name}, not ${type.name}`,
    );
  }
}

/** A loop, because `Float32Array.from` with a function takes some 90 ns for each number. */
function toNumbers(bytes: Uint8Array, divisor: number): Float32Array {
  const numbers = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) numbers[i] = bytes[i]! / divisor;
  return numbers;
}

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const elementType = (data: MatrixData) =>
  data instanceof Float32Array ? new Float32() : data instanceof Int32Array ? new Int32() : new Uint8();

function encode(column: MatrixColumn): ArrowColumn {
  const { name, data, rows, dims } = column;
  const size = product(dims);
  if (data.length !== rows * size) {
    throw new DomainError(
      'invalid',
      'MATRIX_SHAPE',
      `column "${name}" has ${data.length} numbers, but [${[rows, ...dims].join(', ')}] needs ${rows * size}`,
    );
  }
  const type = elementType(data);
  const child = makeData<Float32>({
    type: type as Float32,
    length: data.length,
    nullCount: 0,
    data: data as Float32Array,
  });
  const { divisor } = column;
  const stored: [string, string][] = divisor === undefined ? [] : [[DIVISOR, String(divisor)]];
  if (dims.length === 0) return { field: new Field(name, type, false, new Map(stored)), data: child };
  const list = new FixedSizeList(size, new Field('item', type, false));
  const metadata = new Map([
    ['ARROW:extension:name', 'arrow.fixed_shape_tensor'],
    ['ARROW:extension:metadata', JSON.stringify({ shape: dims })],
    ...stored,
  ]);
  return {
    field: new Field(name, list, false, metadata),
    data: makeData({ type: list, length: rows, nullCount: 0, child }),
  };
}

/**
 * Returns an Arrow IPC file of tensors with the same number of rows: one record batch, FixedSizeList columns
 * of the canonical extension type `arrow.fixed_shape_tensor`. The same input gives the same bytes. Throws
 * `invalid` MATRIX_SHAPE.
 */
export function writeMatrix(
  columns: readonly MatrixColumn[],
  metadata?: ReadonlyMap<string, string>,
): Uint8Array {
  const rows = columns[0]?.rows ?? 0;
  const other = columns.find((c) => c.rows !== rows);
  if (other !== undefined)
    throw new DomainError(
      'invalid',
      'MATRIX_SHAPE',
      `column "${other.name}" has ${other.rows} rows, "${columns[0]!.name}" has ${rows}`,
    );
  return writeArrow(columns.map(encode), rows, metadata);
}

/**
 * Returns the tensors of a matrix file. If the file has one record batch, the arrays are views of `bytes`,
 * not copies. Throws `data-loss` ARROW_INVALID.
 */
export function readMatrix(bytes: Uint8Array): MatrixFile {
  const { rows, columns, metadata } = readArrow(bytes);
  return new MatrixFile(
    rows,
    columns.map(({ field, chunks }) => {
      const dims = readShape(field);
      const values = chunks.map(
        (chunk) =>
          (DataType.isFixedSizeList(field.type) ? chunk.children[0]!.values : chunk.values) as MatrixData,
      );
      const size = product(dims);
      const cut = chunks.map((chunk, i) => values[i]!.subarray(0, chunk.length * size));
      const divisor = field.metadata.get(DIVISOR);
      return {
        name: field.name,
        rows,
        dims,
        data: cut.length === 1 ? cut[0]! : concat(field, cut),
        ...(divisor !== undefined && { divisor: Number(divisor) }),
      };
    }),
    metadata,
  );
}

function readShape(field: Field): number[] {
  if (!DataType.isFixedSizeList(field.type)) return [];
  const metadata = field.metadata.get('ARROW:extension:metadata');
  return metadata === undefined ? [field.type.listSize] : (JSON.parse(metadata) as { shape: number[] }).shape;
}

function concat(field: Field, parts: readonly MatrixData[]): MatrixData {
  const length = parts.reduce((sum, p) => sum + p.length, 0);
  const item = DataType.isFixedSizeList(field.type)
    ? (field.type.valueType as DataType)
    : (field.type as DataType);
  const all = DataType.isFloat(item)
    ? new Float32Array(length)
    : DataType.isInt(item) && item.bitWidth === 8
      ? new Uint8Array(length)
      : new Int32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
