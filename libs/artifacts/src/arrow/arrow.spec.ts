import { describe, expect, it } from 'vitest';
import { tableFromIPC, RecordBatchFileWriter } from 'apache-arrow';
import { packed, readBlobs, readMatrix, writeBlobs, writeMatrix } from '../index.js';

const float = (n: number) => Float32Array.from({ length: n }, (_, i) => i / 3);

describe('matrices in Arrow IPC', () => {
  const columns = [
    { name: 'image', data: float(2 * 6), rows: 2, dims: [2, 3] },
    { name: 'label', data: Int32Array.of(7, -1), rows: 2, dims: [] },
    { name: 'pixels', data: Uint8Array.of(1, 2, 3, 4), rows: 2, dims: [2] },
  ];
  it('come back with type and shape', () => {
    const file = readMatrix(writeMatrix(columns));
    expect(file.rows).toBe(2);
    expect(file.columns).toEqual(columns);
    expect(() => file.float32('label')).toThrow(/Int32Array/);
    expect(() => file.column('x')).toThrow(/it has image, label, pixels/);
  });
  it('are views of the bytes, not copies', () => {
    const bytes = writeMatrix(columns);
    for (const { data } of readMatrix(bytes).columns) expect(data.buffer).toBe(bytes.buffer);
  });
  it('have the same bytes for the same input', () => {
    expect(writeMatrix(columns)).toEqual(writeMatrix(columns));
  });
  it('are one record batch that any Arrow reader takes', () => {
    const table = tableFromIPC(writeMatrix(columns));
    expect(table.batches).toHaveLength(1);
    expect([...table.getChild('label')!]).toEqual([7, -1]);
    expect(table.schema.fields[0]!.metadata.get('ARROW:extension:name')).toBe('arrow.fixed_shape_tensor');
  });
  it('of several record batches are joined', () => {
    const [one, two] = [
      tableFromIPC(writeMatrix(columns)),
      tableFromIPC(writeMatrix(columns.map((c) => ({ ...c, data: c.data.map((x) => x + 1) })))),
    ];
    const file = readMatrix(
      RecordBatchFileWriter.writeAll([...one.batches, ...two.batches]).toUint8Array(true),
    );
    expect(file.rows).toBe(4);
    expect([...file.int32('label').data]).toEqual([7, -1, 8, 0]);
    expect(file.float32('image').data.length).toBe(24);
  });
  it('of columns that share one array, or overlap in it, come back whole (a file was broken once)', () => {
    const data = float(6);
    const shared = (name: string, values = data, dims: number[] = []) => ({
      name,
      data: values,
      rows: values.length / (dims[0] ?? 1),
      dims,
    });
    for (const same of [
      [shared('a'), shared('b')],
      [shared('a', data, [3]), shared('b', data, [3])],
      [shared('a', data.subarray(0, 4)), shared('b', data.subarray(2, 6)), shared('c', data.subarray(1, 5))],
    ]) {
      expect(readMatrix(writeMatrix(same)).columns).toEqual(same);
    }
  });
  it.each([
    ['bytes', 1],
    ['255ths of bytes, as of pictures', 255],
  ])('of %s are stored as bytes and come back to the bit', (_, divisor) => {
    const data = Float32Array.from({ length: 3 * 256 }, (_unused, i) => (i % 256) / divisor);
    const column = { name: 'picture', data, rows: 3, dims: [16, 16] };
    const bytes = writeMatrix([packed(column)]);
    const file = readMatrix(bytes);
    expect(bytes.length).toBeLessThan(writeMatrix([column]).length - 2 * data.length);
    expect(file.column('picture').data).toBeInstanceOf(Uint8Array);
    expect(file.float32('picture')).toEqual(column);
    expect(file.float32Rows('picture', 1, 2).data).toEqual(data.slice(256, 512));
  });
  it.each([
    ['a fraction', 0.3],
    ['a negative number', -1],
    ['256', 256],
    ['a missing one', NaN],
    ['−0', -0],
  ])('with %s among bytes stay unchanged', (_, odd) => {
    const column = { name: 'x', data: Float32Array.of(0, 1, odd, 255), rows: 4, dims: [] };
    expect(packed(column)).toBe(column);
    expect(readMatrix(writeMatrix([packed(column)])).float32('x').data).toEqual(column.data);
  });
  it('may have no rows', () => {
    const file = readMatrix(writeMatrix([{ name: 'x', data: new Float32Array(0), rows: 0, dims: [4] }]));
    expect(file).toMatchObject({ rows: 0, columns: [{ name: 'x', rows: 0, dims: [4] }] });
  });
  it('read from bytes that start at an odd address', () => {
    const bytes = writeMatrix(columns);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect([...readMatrix(shifted.subarray(1)).float32('image').data]).toEqual([...float(12)]);
  });
  it('of a wrong length are refused', () => {
    expect(() => writeMatrix([{ name: 'x', data: float(5), rows: 2, dims: [3] }])).toThrow(
      /has 5 numbers, but \[2, 3\] needs 6/,
    );
  });
  it('and bytes that are no Arrow are refused', () => {
    expect(() => readMatrix(new Uint8Array(100))).toThrow(/no Arrow IPC file/);
  });
});

describe('blobs in Arrow IPC', () => {
  it('come back as views with their media type', () => {
    const values = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(9)];
    const bytes = writeBlobs([{ name: 'image', mediaType: 'image/png', values }]);
    const [column] = readBlobs(bytes);
    expect(column).toEqual({ name: 'image', mediaType: 'image/png', values });
    expect(column!.values[0]!.buffer).toBe(bytes.buffer);
  });
});
