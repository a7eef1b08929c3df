import type { Field} from 'apache-arrow';
import { makeData, RecordBatch, RecordBatchFileWriter, Schema, Struct, type Data, type DataType, tableFromIPC } from 'apache-arrow';
import { DomainError } from '@noema/kernel';

const MAGIC = 'ARROW1';
const magicAt = (bytes: Uint8Array, at: number): boolean => Buffer.from(bytes.subarray(Math.max(at, 0), at + MAGIC.length)).toString('latin1') === MAGIC;

/** One column as Arrow holds it. */
export interface ArrowColumn {
  readonly field: Field;
  readonly data: Data;
}

/** An Arrow IPC file of one record batch; the same columns give the same bytes. */
export function writeArrow(columns: readonly ArrowColumn[], rows: number): Uint8Array {
  const schema = new Schema(columns.map((c) => c.field));
  const type = new Struct(schema.fields as Field<DataType>[]);
  const batch = new RecordBatch(schema, makeData({ type, length: rows, nullCount: 0, children: columns.map((c) => c.data) }));
  return RecordBatchFileWriter.writeAll([batch]).toUint8Array(true);
}

/** The columns of an Arrow IPC file, each with the data of every record batch. Throws `data-loss` ARROW_INVALID. */
export function readArrow(bytes: Uint8Array): { rows: number; columns: readonly { field: Field; chunks: readonly Data[] }[] } {
  const fail = (why: string, cause?: unknown): DomainError => new DomainError('data-loss', 'ARROW_INVALID', `${bytes.length} bytes are no Arrow IPC file: ${why}`, { cause });
  if (!magicAt(bytes, 0) || !magicAt(bytes, bytes.length - MAGIC.length)) throw fail(`the mark ${MAGIC} at start and end is missing`);
  let table;
  try {
    table = tableFromIPC(bytes);
  } catch (error) {
    throw fail(String(error), error);
  }
  const columns = table.schema.fields.map((field, i) => ({ field, chunks: table.batches.map((batch) => batch.data.children[i]!) }));
  return { rows: table.numRows, columns };
}
