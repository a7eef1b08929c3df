import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { type StreamField, type StreamValues, encodeTexts, writeColumnStream } from '../index.js';
import { toHalf } from './half.js';

const all = async (
  fields: readonly StreamField[],
  batches: readonly (readonly StreamValues[])[],
  metadata = new Map<string, string>(),
) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeColumnStream(fields, metadata, batches)) pieces.push(piece);
  return { pieces, bytes: new Uint8Array(Buffer.concat(pieces)) };
};
const column = (bytes: Uint8Array, name: string): unknown[] => [...tableFromIPC(bytes).getChild(name)!];

describe('a stream of columns', () => {
  it('is read by Arrow with the written values, missing values as null', async () => {
    const names = await encodeTexts(['zero', '<b>', 'größe 🙂']);
    const { bytes } = await all(
      [
        { name: 'x', type: 'float32' },
        { name: 'loss', type: 'float16' },
        { name: 'row', type: 'int32' },
        { name: 'class', type: 'code', indexBits: 8, names },
        { name: 'wide', type: 'code', indexBits: 16, names },
        { name: 'full', type: 'code', indexBits: 32, names },
        { name: 'id', type: 'text' },
      ],
      [
        [
          Float32Array.of(0.1, NaN),
          Float32Array.of(NaN, 0.5),
          Int32Array.of(7, 8),
          Int32Array.of(2, -1),
          Int32Array.of(-1, 1),
          Int32Array.of(0, 1),
          await encodeTexts(['a', '']),
        ],
        [
          Float32Array.of(3),
          Float32Array.of(1 / 3),
          Int32Array.of(9),
          Int32Array.of(0),
          Int32Array.of(0),
          Int32Array.of(-1),
          await encodeTexts(['ü/"']),
        ],
      ],
      new Map([['noema.order', 'spread']]),
    );
    const table = tableFromIPC(bytes);
    expect(table.batches.map((batch) => batch.numRows)).toEqual([2, 1]);
    expect(table.schema.metadata.get('noema.order')).toBe('spread');
    expect(column(bytes, 'x')).toEqual([Math.fround(0.1), null, 3]);
    expect(column(bytes, 'loss')).toEqual([null, 0.5, 0.333251953125]);
    expect(column(bytes, 'row')).toEqual([7, 8, 9]);
    expect(column(bytes, 'class')).toEqual(['größe 🙂', null, 'zero']);
    expect(column(bytes, 'wide')).toEqual([null, '<b>', 'zero']);
    expect(column(bytes, 'full')).toEqual(['zero', '<b>', null]);
    expect(column(bytes, 'id')).toEqual(['a', '', 'ü/"']);
    expect(table.schema.fields.map((field) => String(field.type))).toEqual([
      'Float32',
      'Float16',
      'Int32',
      'Dictionary<Uint8, Utf8>',
      'Dictionary<Uint16, Utf8>',
      'Dictionary<Int32, Utf8>',
      'Utf8',
    ]);
  });
  it('sends a dictionary once, and the same bytes for the same input', async () => {
    const fields: StreamField[] = [
      { name: 'c', type: 'code', indexBits: 8, names: await encodeTexts(['only once']) },
    ];
    const batches = Array.from({ length: 9 }, () => [Int32Array.of(0)]);
    const [one, two] = [await all(fields, batches), await all(fields, batches)];
    expect(one.bytes).toEqual(two.bytes);
    expect(Buffer.from(one.bytes).toString('latin1').split('only once')).toHaveLength(2);
  });
  it('comes in pieces of at most 1 MiB and asks for the next batch when the one before is taken', async () => {
    let asked = 0;
    function* batches(): Generator<StreamValues[]> {
      for (; asked < 3; ) {
        asked++;
        yield [new Float32Array(600_000).fill(asked)];
      }
    }
    const stream = writeColumnStream([{ name: 'x', type: 'float32' }], new Map(), batches());
    expect((await stream.next()).value!.length).toBeLessThan(1_000);
    expect(asked).toBe(0);
    expect((await stream.next()).value).toHaveLength(1 << 20);
    expect(asked).toBe(1);
    await stream.return(undefined);
    const { pieces, bytes } = await all(
      [{ name: 'x', type: 'float32' }],
      [[new Float32Array(600_000).fill(1)]],
    );
    expect(Math.max(...pieces.map((piece) => piece.length))).toBe(1 << 20);
    expect(tableFromIPC(bytes).numRows).toBe(600_000);
  });
  it('may have no rows, no batch, and a dictionary without names', async () => {
    const names = await encodeTexts([]);
    expect(tableFromIPC((await all([{ name: 'x', type: 'float32' }], [])).bytes).numRows).toBe(0);
    expect(
      column(
        (await all([{ name: 'c', type: 'code', indexBits: 8, names }], [[Int32Array.of(-1, -1)]])).bytes,
        'c',
      ),
    ).toEqual([null, null]);
  });
});

it('float16 of a number is the nearest there is, ties to even (IEEE 754 binary16)', () => {
  const value = (bits: number): number =>
    bits >> 10 === 0 ? (bits & 0x3ff) * 2 ** -24 : (1 + (bits & 0x3ff) / 1024) * 2 ** ((bits >> 10) - 15);
  for (let bits = 0; bits < 0x7c00; bits++) {
    const [here, next] = [value(bits), bits === 0x7bff ? 65_536 : value(bits + 1)];
    const middle = (here + next) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const got = [here, middle, -here].map(toHalf);
    if (got[0] !== bits || got[1] !== even || got[2] !== (bits | 0x8000))
      expect([here, ...got]).toEqual([here, bits, even, bits | 0x8000]);
    if (bits > 0 && toHalf(Math.fround(here + (next - here) * 0.49)) !== bits)
      expect(here).toBe('rounded down');
  }
  expect([1e6, Infinity, -Infinity, 1e-9].map(toHalf)).toEqual([0x7c00, 0x7c00, 0xfc00, 0]);
  expect(toHalf(NaN) & 0x7fff).toBeGreaterThan(0x7c00);
});
