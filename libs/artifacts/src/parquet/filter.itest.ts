import { afterAll, beforeAll, expect, it } from 'vitest';
import { Filter, type FilterFields, seededRandom } from '@noema/kernel';
import { OpenTable, type TableColumn, writeTable } from '../index.js';

const fields: FilterFields = { row: 'number', ink: 'number', name: 'string', ok: 'boolean' };
const words = ['', 'seven', 'Seven', 'one', 'Ünder', 'z'];
const random = seededRandom(11);
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
const n = 500;
const columns: TableColumn[] = [
  { name: 'row', type: 'int32', values: Array.from({ length: n }, (_, i) => i) },
  {
    name: 'ink',
    type: 'float64',
    values: Array.from({ length: n }, () => pick<number | null>([null, NaN, 0, 0.25, 0.5, 1e300, -3])),
  },
  {
    name: 'name',
    type: 'string',
    values: Array.from({ length: n }, () => pick<string | null>([null, ...words])),
  },
  { name: 'ok', type: 'boolean', values: Array.from({ length: n }, () => pick([null, true, false])) },
];

function condition(depth: number): string {
  const kind = depth === 0 ? 3 : Math.floor(random() * 6);
  if (kind === 0) return `(${condition(depth - 1)} AND ${condition(depth - 1)})`;
  if (kind === 1) return `(${condition(depth - 1)} OR ${condition(depth - 1)})`;
  if (kind === 2) return `NOT ${condition(depth - 1)}`;
  const op = pick(['=', '!=', '<', '<=', '>', '>=']);
  return pick([
    `row ${op} ${Math.floor(random() * n)}`,
    `ink ${op} ${pick([0, 0.25, 0.3, -5])}`,
    `name ${op} "${pick(words)}"`,
    `name:"${pick(words)}"`,
    'name:*',
    'ink:*',
    `${pick(['row', 'ink', 'name', 'ok'])} ${pick(['=', '!='])} null`,
    `ok ${pick(['=', '!='])} ${pick(['true', 'false'])}`,
  ]);
}

let table: OpenTable;
beforeAll(async () => {
  table = await OpenTable.of(await writeTable(columns));
});
afterAll(() => table.close());

it('a filter holds for the same rows in memory and as SQL, over 300 random filters', async () => {
  let met = 0;
  for (let i = 0; i < 300; i++) {
    const text = condition(3);
    const filter = Filter.of(text, fields);
    const mask = await filter.rows(n, (name) => (r) => columns.find((c) => c.name === name)!.values[r]);
    const inMemory = Array.from({ length: n }, (_, r) => r).filter((r) => mask[r] === 1);
    const { sql, params } = filter.toSql((name) => `"${name}"`);
    const result = await table.query({
      columns: ['row'],
      where: sql,
      params: params as (string | number | boolean)[],
    });
    expect(result.columns[0]!.values, text).toEqual(inMemory);
    met += inMemory.length;
  }
  expect(met).toBeGreaterThan(n);
});
