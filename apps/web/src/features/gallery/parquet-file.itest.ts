import { OpenTable, type Table } from '@noema/artifacts';
import { expect, it } from 'vitest';
import { type ParquetColumn, toParquet } from './parquet-file.js';

async function read(columns: readonly ParquetColumn[]): Promise<Table> {
  const table = await OpenTable.of(new Uint8Array(await toParquet(columns).arrayBuffer()));
  try {
    return await table.query();
  } finally {
    await table.close();
  }
}

it('writes what DuckDB reads: texts, numbers, whole numbers, booleans and gaps', async () => {
  const columns: ParquetColumn[] = [
    { name: 'row', type: 'INT32', values: [0, 7, 12] },
    { name: 'sample_id', type: 'STRING', values: ['a/b', 'ä "quoted"', '日本'] },
    { name: 'loss', type: 'DOUBLE', values: [0.1, null, 1e-300] },
    { name: 'trust', type: 'FLOAT', values: [0.5, null, -2] },
    { name: 'metadata.even', type: 'BOOLEAN', values: [true, false, null] },
  ];
  const table = await read(columns);
  expect(table.columns.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
  expect(table.columns.map(({ type }) => type)).toEqual(['int32', 'string', 'float64', 'float32', 'boolean']);
  expect(table.columns.map(({ values }) => Array.from(values))).toEqual(columns.map(({ values }) => values));
});

it('writes a file without rows', async () => {
  expect((await read([{ name: 'sample_id', type: 'STRING', values: [] }])).rows).toBe(0);
});
