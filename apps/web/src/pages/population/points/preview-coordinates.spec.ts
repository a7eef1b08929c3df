import {
  Field,
  FixedSizeList,
  Float32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { readCoordinates } from './preview-coordinates.js';

/** An Arrow file as the projection writes it, in batches of the given values. */
function arrowFile(parts: readonly (readonly number[])[], width: number): Uint8Array {
  const schema = new Schema([
    new Field('coordinates', new FixedSizeList(width, new Field('item', new Float32()))),
  ]);
  const batches = parts.map((values) => {
    const child = makeData({ type: new Float32(), data: Float32Array.from(values) });
    const column = makeData({
      type: schema.fields[0]!.type as FixedSizeList,
      child,
      length: values.length / width,
    });
    return new RecordBatch(
      schema,
      makeData({ type: new Struct(schema.fields), children: [column], length: column.length }) as never,
    );
  });
  return tableToIPC(new Table(schema, batches), 'file');
}

describe('coordinates of a map that is being made', () => {
  it('are read axis by axis, over all batches', () => {
    const { x, y, z } = readCoordinates(
      arrowFile(
        [
          [1, 2, 3, 4],
          [5, 6],
        ],
        2,
      ),
      3,
      2,
    );
    expect([[...x], [...y], z]).toEqual([[1, 3, 5], [2, 4, 6], undefined]);
    expect([...readCoordinates(arrowFile([[1, 2, 3, 4, 5, 6]], 3), 2, 3).z!]).toEqual([3, 6]);
  });

  it('are refused when they do not belong to the map', () => {
    expect(() => readCoordinates(arrowFile([[1, 2, 3, 4]], 2), 3, 2)).toThrow(/2 rows where the map has 3/);
    expect(() => readCoordinates(arrowFile([[1, 2, 3, 4]], 2), 1, 2)).toThrow(/PREVIEW|rows/);
  });
});
