import type { Field } from 'apache-arrow';
import {
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  type Data,
  type DataType,
  tableFromIPC,
} from 'apache-arrow';
import { DomainError } from '@noema/kernel';

const MAGIC = 'ARROW1';
const magicAt = (bytes: Uint8Array, at: number): boolean =>
  Buffer.from(bytes.subarray(Math.max(at, 0), at + MAGIC.length)).toString('latin1') === MAGIC;

/** One column, in Arrow's representation. */
export interface ArrowColumn {
  readonly field: Field;
  readonly data: Data;
}

/**
 * Collects the written pieces itself. Arrow's queue merges two pieces of the same buffer that overlap, such
 * as columns of the same array.
 */
class FileWriter extends RecordBatchFileWriter {
  private readonly pieces: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    this.pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this._position += chunk.byteLength;
    return this;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.pieces.reduce((sum, { length }) => sum + length, 0));
    this.pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
    return bytes;
  }
}

/** Returns an Arrow IPC file of one record batch. The same columns give the same bytes. */
export function writeArrow(
  columns: readonly ArrowColumn[],
  rows: number,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const schema = new Schema(
    columns.map((c) => c.field),
    new Map(metadata),
  );
  const type = new Struct(schema.fields as Field<DataType>[]);
  const batch = new RecordBatch(
    schema,
    makeData({ type, length: rows, nullCount: 0, children: columns.map((c) => c.data) }),
  );
  const writer = new FileWriter();
  writer.reset(undefined, schema);
  writer.write(batch);
  writer.finish();
  return writer.bytes();
}

/**
 * Returns the columns of an Arrow IPC file, each with the data of every record batch. Throws `data-loss`
 * ARROW_INVALID.
 */
export function readArrow(bytes: Uint8Array): {
  rows: number;
  columns: readonly { field: Field; chunks: readonly Data[] }[];
  metadata: ReadonlyMap<string, string>;
} {
  const fail = (why: string, cause?: unknown): DomainError =>
    new DomainError('data-loss', 'ARROW_INVALID', `${bytes.length} bytes are no Arrow IPC file: ${why}`, {
      cause,
    });
  if (!magicAt(bytes, 0) || !magicAt(bytes, bytes.length - MAGIC.length))
    throw fail(`the mark ${MAGIC} at start and end is missing`);
  let table;
  try {
    table = tableFromIPC(bytes);
  } catch (error) {
    throw fail(String(error), error);
  }
  const columns = table.schema.fields.map((field, i) => ({
    field,
    chunks: table.batches.map((batch) => batch.data.children[i]!),
  }));
  return { rows: table.numRows, columns, metadata: table.schema.metadata };
}
