import { describe, expect, it } from 'vitest';
import { OpenTable, writeTable } from '../index.js';

const ROWS = 5_000;
const row = (i: number): number => i;
const of = <T>(value: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => value(i));

describe('columns of a Parquet file', () => {
  it('come as typed arrays in the order of the rows', async () => {
    const file = await OpenTable.of(
      await writeTable([
        { name: 'row', type: 'int32', values: of(row) },
        {
          name: 'ink',
          type: 'float64',
          values: of((i) => (i % 3 === 0 ? null : i === 1 ? 1e300 : i === 2 ? Infinity : i / 7)),
        },
        { name: 'id', type: 'string', values: of((i) => (i % 2 === 0 ? `größe 🙂 ${i}` : '')) },
        {
          name: 'colour "x"',
          type: 'string',
          values: of((i) => (i % 5 === 0 ? null : ['zinc', 'Blue', 'äther', 'blue'][i % 4]!)),
        },
        { name: 'dark', type: 'boolean', values: of((i) => i % 2 === 1) },
        { name: 'none', type: 'string', values: of(() => null) },
      ]),
    );
    expect(file.rows).toBe(ROWS);
    expect(file.columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'row: int32',
      'ink: float64',
      'id: string',
      'colour "x": string',
      'dark: boolean',
      'none: string',
    ]);
    expect(await file.numbers('row')).toEqual(Float32Array.from(of(row)));
    const ink = await file.numbers('ink');
    expect([...ink.slice(0, 6)]).toEqual([NaN, NaN, NaN, NaN, Math.fround(4 / 7), Math.fround(5 / 7)]);
    const { values, names } = await file.codes('colour "x"');
    expect(names).toEqual(['Blue', 'blue', 'zinc', 'äther']);
    expect([...values]).toEqual(of((i) => (i % 5 === 0 ? -1 : [2, 0, 3, 1][i % 4])));
    expect(await file.codes('dark')).toEqual({
      names: ['false', 'true'],
      values: Int32Array.from(of((i) => i % 2)),
    });
    expect(await file.codes('none')).toEqual({ names: [], values: new Int32Array(ROWS).fill(-1) });
    const { bytes, offsets } = await file.texts('id');
    expect(
      [4, 5, 4_998].map((i) => Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString()),
    ).toEqual(['größe 🙂 4', '', 'größe 🙂 4998']);
    await file.close();
  });
  it('come the same before and after a query, and while one loads the table', async () => {
    const ids = of((i) => `s${i}`);
    const table = await OpenTable.of(
      await writeTable([
        { name: 'id', type: 'string', values: ids },
        { name: 'big', type: 'int64', values: of((i) => 2 ** 40 + i) },
      ]),
    );
    const [before, rows, during] = await Promise.all([
      table.codes('id'),
      table.count('"big" >= 0'),
      table.codes('id'),
    ]);
    expect(rows).toBe(ROWS);
    expect(during).toEqual(before);
    expect(await table.codes('id')).toEqual(before);
    const cells: unknown[] = [];
    await table.cells('big', (cell, at) => {
      cells.push(cell);
      return at < 2;
    });
    expect(cells).toEqual([2 ** 40, 2 ** 40 + 1, 2 ** 40 + 2]);
    await table.close();
  });
  it('bytes that are no Parquet are refused', async () => {
    await expect(OpenTable.of(new Uint8Array(100))).rejects.toMatchObject({
      kind: 'data-loss',
      reason: 'PARQUET_INVALID',
    });
  });
});
