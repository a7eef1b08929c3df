import {
  Float32,
  Field,
  FixedSizeList,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { heatPixels } from './heat-colors.js';
import { readHeatValues, summarised } from './heat-values.js';

/**
 * An Arrow file as the platform writes it: a row of the map is a list of fixed size, or a map of rank 1 is a
 * plain column.
 */
function arrowFile(values: number[], width: number | undefined): Uint8Array {
  const flat = makeData({ type: new Float32(), data: Float32Array.from(values) });
  const type =
    width === undefined ? new Float32() : new FixedSizeList(width, new Field('item', new Float32()));
  const column =
    width === undefined
      ? flat
      : makeData({ type: type as FixedSizeList, child: flat, length: values.length / width });
  const schema = new Schema([new Field('values', type)]);
  const struct = makeData({ type: new Struct(schema.fields), children: [column], length: column.length });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, struct as never)]), 'file');
}

describe('heat map values', () => {
  it('are read row by row', () => {
    const read = readHeatValues(arrowFile([1, -2, 3, -4, 0, 0.5], 3), [2, 3]);
    expect([...read.values]).toEqual([1, -2, 3, -4, 0, 0.5]);
    expect(read).toMatchObject({ dims: [2, 3], peak: 4, positive: 4.5, negative: 6 });
  });

  it('are read from a plain column', () => {
    expect([...readHeatValues(arrowFile([1, 2], undefined), [2]).values]).toEqual([1, 2]);
  });

  it('are refused when they do not have the shape', () => {
    const file = arrowFile([1, 2, 3, 4], 2);
    expect(() => readHeatValues(file, [2, 3])).toThrow(/4 values.*\[2, 3\]/);
    expect(() => readHeatValues(file, [1, 2])).toThrow(/HEAT_MAP|values/);
  });

  it('count what is not a number as nothing', () => {
    expect(summarised(Float32Array.of(NaN, 1, -Infinity), [3])).toMatchObject({
      peak: 1,
      positive: 1,
      negative: 0,
    });
  });

  it('cover by size, show the sign only in diverging colors, and leave quiet places free', () => {
    const values = summarised(Float32Array.of(1, -1, 0.01, 0), [4]);
    const diverging = heatPixels(values, 'diverging');
    expect([diverging[3], diverging[7], diverging[11], diverging[15]]).toEqual([255, 255, 0, 0]);
    expect(diverging[0]!).toBeGreaterThan(diverging[2]!);
    expect(diverging[4]!).toBeLessThan(diverging[6]!);
    const magma = heatPixels(values, 'magma');
    expect(magma.slice(0, 4)).toEqual(magma.slice(4, 8));
    expect(heatPixels(summarised(new Float32Array(2), [2]), 'magma')).toEqual(new Uint8ClampedArray(8));
  });
});
