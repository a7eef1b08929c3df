import {
  type Data,
  Dictionary,
  Field,
  Float16,
  Float32,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Uint16,
  Uint8,
  Utf8,
  Vector,
} from 'apache-arrow';
import { toHalf } from './half.js';
import type { Texts } from './texts.js';

/** Type of a column on the wire: numbers, codes of names, or texts. */
export type StreamField =
  | { readonly name: string; readonly type: 'float32' | 'float16' | 'int32' }
  | { readonly name: string; readonly type: 'code'; readonly indexBits: 8 | 16 | 32; readonly names: Texts }
  | { readonly name: string; readonly type: 'text' };

/**
 * Values of one batch in the type of the field: numbers (NaN is null), int32, codes (−1 is null), or texts.
 */
export type StreamValues = Float32Array | Int32Array | Texts;

/** Maximum size of a piece, well below the limit of a message. */
const PIECE_BYTES = 1 << 20;
/** Maximum time of encoding before other work may run. */
const BUSY_MS = 5;

/** Collects the written pieces instead of queueing them. */
class PieceWriter extends RecordBatchStreamWriter {
  private pieces: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    if (chunk.byteLength > 0)
      this.pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return this;
  }

  take(): Uint8Array {
    const all = Buffer.concat(this.pieces);
    this.pieces = [];
    return all;
  }
}

/**
 * Yields an Arrow IPC stream with one record batch for each of `batches`, in pieces of at most 1 MiB. The
 * same input gives the same bytes. Batches and their columns are produced one by one, so that other work runs
 * in between.
 */
export async function* writeColumnStream(
  fields: readonly StreamField[],
  metadata: ReadonlyMap<string, string>,
  batches: Iterable<Iterable<StreamValues>>,
): AsyncGenerator<Uint8Array> {
  const types = fields.map(toArrowType);
  const schema = new Schema(
    fields.map(({ name }, i) => new Field(name, types[i]!, true)),
    new Map(metadata),
  );
  const names = fields.map((field) =>
    field.type === 'code' ? new Vector([textData(field.names)]) : undefined,
  );
  const struct = new Struct(schema.fields);
  const writer = new PieceWriter();
  writer.reset(undefined, schema);
  yield* cutPieces(writer.take());
  let busySince = performance.now();
  const breath = async (): Promise<void> => {
    if (performance.now() - busySince < BUSY_MS) return;
    await new Promise(setImmediate);
    busySince = performance.now();
  };
  for (const columns of batches) {
    const children: Data[] = [];
    for (const values of columns) {
      const i = children.length;
      children.push(encode(fields[i]!, types[i]!, values, names[i]));
      await breath();
    }
    writer.write(
      new RecordBatch(
        schema,
        makeData({ type: struct, length: children[0]?.length ?? 0, nullCount: 0, children }),
      ),
    );
    for (const piece of cutPieces(writer.take())) {
      yield piece;
      await breath();
    }
  }
  writer.finish();
  yield* cutPieces(writer.take());
}

function* cutPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function toArrowType(field: StreamField, id: number) {
  switch (field.type) {
    case 'float32':
      return new Float32();
    case 'float16':
      return new Float16();
    case 'int32':
      return new Int32();
    case 'text':
      return new Utf8();
    case 'code':
      return new Dictionary(
        new Utf8(),
        field.indexBits === 8 ? new Uint8() : field.indexBits === 16 ? new Uint16() : new Int32(),
        id,
      );
  }
}

function encode(
  field: StreamField,
  type: ReturnType<typeof toArrowType>,
  values: StreamValues,
  dictionary: Vector<Utf8> | undefined,
): Data {
  if (!ArrayBuffer.isView(values)) return textData(values);
  const length = values.length;
  if (field.type === 'int32')
    return makeData({ type: type as Int32, length, nullCount: 0, data: values as Int32Array });
  const nulls = toNulls(values, field.type === 'code' ? (code) => code < 0 : Number.isNaN);
  if (field.type === 'code')
    return makeData({
      type: type as Dictionary,
      length,
      ...nulls,
      data: toCodes(values, field.indexBits),
      dictionary: dictionary!,
    });
  if (field.type === 'float32')
    return makeData({ type: type as Float32, length, ...nulls, data: values as Float32Array });
  return makeData({ type: type as Float16, length, ...nulls, data: toHalves(values) });
}

function toCodes(values: ArrayLike<number>, bits: 8 | 16 | 32): Uint8Array | Uint16Array | Int32Array {
  const codes =
    bits === 8
      ? new Uint8Array(values.length)
      : bits === 16
        ? new Uint16Array(values.length)
        : new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) codes[i] = Math.max(values[i]!, 0);
  return codes;
}

function toHalves(values: ArrayLike<number>): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = Number.isNaN(values[i]) ? 0 : toHalf(values[i]!);
  return halves;
}

const textData = ({ bytes, offsets }: Texts): Data<Utf8> =>
  makeData({
    type: new Utf8(),
    length: offsets.length - 1,
    nullCount: 0,
    valueOffsets: offsets,
    data: bytes,
  });

/** Returns Arrow's validity bitmap, or nothing if no value is missing. */
function toNulls(
  values: ArrayLike<number>,
  isMissing: (value: number) => boolean,
): { nullCount: number; nullBitmap?: Uint8Array } {
  let nullCount = 0;
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0; i < values.length; i++) {
    if (isMissing(values[i]!)) nullCount++;
    else nullBitmap[i >> 3]! |= 1 << (i & 7);
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap };
}
