import {
  Field,
  FixedSizeList,
  Float32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  tableToIPC,
  vectorFromArray,
  Utf8,
  Dictionary,
  Int32,
  Int8,
  Float64,
  Bool,
  Uint16,
  Uint32,
  Int16,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { type ArrowBatch, decodeStrings } from './arrow-columns.js';
import { ArrowReader, readArrowFile } from './arrow-reader.js';

const read = (bytes: Uint8Array, cut: number): { reader: ArrowReader; batches: ArrowBatch[] } => {
  const reader = new ArrowReader();
  const batches: ArrowBatch[] = [];
  for (let at = 0; at < bytes.length; at += cut) batches.push(...reader.push(bytes.subarray(at, at + cut)));
  return { reader, batches };
};

/**
 * Output of the full writer of the same format: every type that we read, missing values, a dictionary that
 * grows.
 */
const table = new Table({
  single: vectorFromArray([1.5, null, -2], new Float32()),
  double: vectorFromArray([1e300, 2, 3], new Float64()),
  small: vectorFromArray([-1, 2, null], new Int8()),
  short: vectorFromArray([-300, 1, 2], new Int16()),
  code: vectorFromArray([65_535, 1, 2], new Uint16()),
  long: vectorFromArray([4_000_000_000, 1, 2], new Uint32()),
  whole: vectorFromArray([7, -7, 0], new Int32()),
  text: vectorFromArray(['ä', '', '🙂'], new Utf8()),
  name: vectorFromArray(['b', null, 'a'], new Dictionary(new Utf8(), new Int8(), 5)),
});

describe('the reader of Arrow', () => {
  it.each([1, 7, 64, 1 << 20])('reads a stream in pieces of %i bytes as the full reader wrote it', (cut) => {
    const { reader, batches } = read(tableToIPC(table, 'stream'), cut);
    expect(batches.map(({ length }) => length)).toEqual([3]);
    const [single, double, small, short, code, long, whole, text, name] = batches[0]!.columns;
    expect(reader.schema!.fields.map((field) => field.name)).toEqual([
      'single',
      'double',
      'small',
      'short',
      'code',
      'long',
      'whole',
      'text',
      'name',
    ]);
    expect([single, double, small, short, code, long, whole].map((column) => [...column!.values])).toEqual([
      [1.5, 0, -2],
      [1e300, 2, 3],
      [-1, 2, 0],
      [-300, 1, 2],
      [65_535, 1, 2],
      [4_000_000_000, 1, 2],
      [7, -7, 0],
    ]);
    expect(
      [single, small, double, name].map((column) =>
        column!.validity === undefined ? undefined : column!.validity[0]! & 7,
      ),
    ).toEqual([0b101, 0b011, undefined, 0b101]);
    expect(decodeStrings(text!)).toEqual(['ä', '', '🙂']);
    const names = reader.getNames(name!.field.dictionary!);
    expect([names[name!.values[0]!], names[name!.values[2]!]]).toEqual(['b', 'a']);
  });
  it('reads metadata and several batches, and stops at the end of the stream', () => {
    const schema = new Schema(
      [new Field('x', new Float32())],
      new Map([
        ['noema.count', '4'],
        ['größe', ''],
      ]),
    );
    const batch = (values: number[]) =>
      new RecordBatch(
        schema,
        makeData({
          type: new Struct(schema.fields),
          length: values.length,
          nullCount: 0,
          children: [makeData({ type: new Float32(), data: Float32Array.from(values) })],
        }),
      );
    const bytes = RecordBatchStreamWriter.writeAll([batch([1, 2]), batch([3]), batch([4])]).toUint8Array(
      true,
    );
    const { reader, batches } = read(Uint8Array.from([...bytes, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 100);
    expect(batches.map(({ columns }) => [...columns[0]!.values])).toEqual([[1, 2], [3], [4]]);
    expect([...reader.schema!.metadata]).toEqual([
      ['noema.count', '4'],
      ['größe', ''],
    ]);
  });
  it('reads a file, and lists of a fixed size one after the other', () => {
    const list = new FixedSizeList(3, new Field('item', new Float32()));
    const schema = new Schema([new Field('values', list)]);
    const data = makeData({
      type: list,
      length: 2,
      nullCount: 0,
      child: makeData({ type: new Float32(), data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
    });
    const file = RecordBatchFileWriter.writeAll([
      new RecordBatch(
        schema,
        makeData({ type: new Struct(schema.fields), length: 2, nullCount: 0, children: [data] }),
      ),
    ]).toUint8Array(true);
    const { schema: found, batches } = readArrowFile(file);
    expect(found.fields).toEqual([
      { name: 'values', type: { kind: 'list', item: { kind: 'float', bits: 32 } }, dictionary: undefined },
    ]);
    expect(batches[0]).toMatchObject({
      length: 2,
      columns: [{ length: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    });
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect([...readArrowFile(shifted.subarray(1)).batches[0]!.columns[0]!.values]).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });
  it('refuses what Noema does not send and what is no Arrow, by name', () => {
    expect(() =>
      read(tableToIPC(new Table({ flag: vectorFromArray([true], new Bool()) }), 'stream'), 1_000),
    ).toThrow(/"flag" has type 6/);
    expect(() => read(new TextEncoder().encode('{"title": "not found"}'), 5)).toThrow(/no stream of Arrow/);
    expect(() =>
      readArrowFile(new TextEncoder().encode('{"title": "not found, in some more words"}')),
    ).toThrow(/no file of Arrow/);
    expect(() => readArrowFile(new Uint8Array(4))).toThrow(/4 bytes/);
  });
});
