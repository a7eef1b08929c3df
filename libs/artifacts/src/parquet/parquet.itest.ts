import { describe, expect, it } from 'vitest';
import { OpenTable, type Table, type TableColumn, type TableQuery, writeTable } from '../index.js';

/** All asked rows of a Parquet file that is open for one query. */
async function queryTable(parquet: Uint8Array, query: TableQuery = {}): Promise<Table> {
  const table = await OpenTable.of(parquet);
  try {
    return await table.query(query);
  } finally {
    await table.close();
  }
}

const n = 5000;
const columns: TableColumn[] = [
  { name: 'row', type: 'int32', values: Int32Array.from({ length: n }, (_, i) => i) },
  { name: 'sample_id', type: 'string', values: Array.from({ length: n }, (_, i) => `s"${i}'`) },
  {
    name: 'metadata.ink',
    type: 'float64',
    values: Array.from({ length: n }, (_, i) => (i % 7 === 0 ? null : i / n)),
  },
  { name: 'loss', type: 'float32', values: Float32Array.from({ length: n }, (_, i) => Math.fround(i * 0.1)) },
  { name: 'big', type: 'int64', values: Array.from({ length: n }, (_, i) => 2 ** 40 + i) },
  { name: 'ok', type: 'boolean', values: Array.from({ length: n }, (_, i) => i % 2 === 0) },
];

describe('tables in Parquet', () => {
  it('come back cell by cell', async () => {
    const table = await queryTable(await writeTable(columns));
    expect(table.rows).toBe(n);
    for (const [i, column] of columns.entries()) {
      expect(table.columns[i]).toMatchObject({ name: column.name, type: column.type });
      expect(table.columns[i]!.values).toEqual(Array.from(column.values));
    }
  });
  it('have the same bytes for the same input', async () => {
    expect(Buffer.compare(await writeTable(columns), await writeTable(columns))).toBe(0);
  });
  it('answer questions with parameters', async () => {
    const bytes = await writeTable(columns);
    const table = await queryTable(bytes, {
      columns: ['row'],
      where: '"metadata.ink" > $1 AND ok',
      params: [0.99],
      orderBy: '"row" DESC',
      limit: 3,
      offset: 1,
    });
    expect(table.columns[0]!.values).toEqual([4994, 4992, 4990]);
    for (const [where, param, rows] of [
      ['"loss" < $1', 1e300, n],
      ['"big" >= $1', 2 ** 40 + 4999, 1],
      ['"row" = $1', 7, 1],
      ['"row" > $1', -1e25, n],
    ] as const) {
      expect((await queryTable(bytes, { where, params: [param] })).rows, where).toBe(rows);
    }
  });
  it('stay open for many queries, and see neither files nor network', async () => {
    const table = await OpenTable.of(await writeTable(columns));
    try {
      expect(await table.count('ok')).toBe(n / 2);
      expect((await table.sql('SELECT max(loss) AS top FROM t')).columns[0]!.values[0]).toBeCloseTo(499.9, 3);
      await expect(table.sql("SELECT * FROM read_csv('/etc/passwd')")).rejects.toThrow(/disabled/);
      await expect(table.sql("COPY t TO '/tmp/out.csv'")).rejects.toThrow(/disabled/);
      await expect(table.sql('SET enable_external_access = true')).rejects.toThrow();
      await expect(table.sql('INSTALL httpfs')).rejects.toThrow();
    } finally {
      await table.close();
    }
  });
  it('keep the event loop free while DuckDB works', async () => {
    const table = await OpenTable.of(await writeTable(columns));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await table.sql('SELECT count(*) FROM t a, t b WHERE a.loss + b.loss > 300');
    clearInterval(timer);
    await table.close();
    expect(turns).toBeGreaterThan(5);
  });
  it('answer short questions while a long one is worked on', async () => {
    const table = await OpenTable.of(await writeTable(columns));
    const done: string[] = [];
    const long = table
      .sql('SELECT count(*) FROM t a, t b WHERE a.loss + b.loss > 300')
      .then(() => done.push('long'));
    await Promise.all(
      [1, 2].map(() =>
        table.query({ where: '"row" = $1', params: [7] }).then(({ rows }) => done.push(`short ${rows}`)),
      ),
    );
    await long;
    await expect(table.sql("SELECT * FROM read_csv('/etc/passwd')")).rejects.toThrow(/disabled/);
    await table.close();
    expect(done).toEqual(['short 1', 'short 1', 'long']);
  });
  it('that make no sense are refused', async () => {
    await expect(writeTable([])).rejects.toThrow(/no column/);
    await expect(writeTable([columns[0]!, { ...columns[0]!, name: 'ROW' }])).rejects.toThrow(/twice/);
    await expect(queryTable(new Uint8Array(64))).rejects.toMatchObject({
      kind: 'data-loss',
      reason: 'PARQUET_INVALID',
    });
  });
});
