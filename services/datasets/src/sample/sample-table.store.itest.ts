import { FileArtifactStore, writeTable } from '@noema/artifacts';
import { type ArtifactRef, Filter, selectRows, seededRandom } from '@noema/kernel';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnComparison } from './metadata-difference.js';
import { SampleTableStore } from './sample-table.store.js';

const directory = await temporaryDirectory();
const store = new FileArtifactStore(directory.path);
const tables = new SampleTableStore(store);
const n = 1000;
const random = seededRandom(5);
const number = Float64Array.from({ length: n }, () => Math.round(random() * 50) / 10);
const text = Array.from({ length: n }, () => (random() < 0.1 ? null : `k${Math.floor(random() * 30)}`));
const rows = Int32Array.from({ length: n }, (_, i) => i).filter((i) => number[i]! > 2.2 && random() < 0.6);
let table: ArtifactRef;

const put = async (name: string, columns: Parameters<typeof writeTable>[0]): Promise<ArtifactRef> =>
  store.put(`team/project/dataset-versions/${name}/samples.parquet`, await writeTable(columns), 'x');
const rowColumn = (length: number) =>
  ({ name: 'row', type: 'int32', values: Int32Array.from({ length }, (_, i) => i) }) as const;

beforeAll(async () => {
  table = await put('a', [
    rowColumn(n),
    {
      name: 'metadata.number',
      type: 'float64',
      values: Array.from(number, (x, i) =>
        i % 97 === 0 ? null : i % 89 === 0 ? NaN : i % 83 === 0 ? Infinity : x,
      ),
    },
    { name: 'metadata.text', type: 'string', values: text },
    { name: 'metadata.flag', type: 'boolean', values: Array.from(number, (x) => x > 2.5) },
    { name: 'metadata.one', type: 'float64', values: new Float64Array(n).fill(7) },
    { name: 'metadata.none', type: 'float64', values: Array<null>(n).fill(null) },
    {
      name: 'metadata.huge',
      type: 'float64',
      values: Array.from(number, (x) => (x > 2 ? 1.7e308 : -1.7e308)),
    },
    { name: 'class_name', type: 'string', values: Array.from(number, (_, i) => (i % 2 === 0 ? '' : 'odd')) },
  ]);
});
afterAll(async () => {
  await tables.onApplicationShutdown();
  await directory.remove();
});

const compare = (
  name: string,
  type: 'number' | 'string' | 'boolean',
  selected = rows,
): Promise<ColumnComparison> =>
  tables.compare(
    table,
    { name, type, field: name === 'class_name' ? name : `metadata.${name}` },
    { rows: selected, population: n },
  );
const selected = new Set(rows);

describe('the comparison of a column', () => {
  it(
    'of numbers has the statistic of Kolmogorov and Smirnov by its definition; what is not finite is not ' +
      'counted',
    async () => {
      const known = (i: number): boolean => i % 97 !== 0 && i % 89 !== 0 && i % 83 !== 0;
      const split = (own: boolean): number[] =>
        Array.from(number).filter((_, i) => known(i) && selected.has(i) === own);
      const [a, b] = [split(true), split(false)];
      const below = (of: number[], x: number): number => of.filter((y) => y <= x).length / of.length;
      const { bins, ...column } = await compare('number', 'number');
      expect(column).toMatchObject({ name: 'number', type: 'number', selected: a.length, rest: b.length });
      expect(column.difference).toBeCloseTo(
        Math.max(...number.map((x) => Math.abs(below(a, x) - below(b, x)))),
        12,
      );
      expect(column.selectedMean).toBeCloseTo(a.reduce((x, y) => x + y) / a.length, 10);
      expect(column.restMean).toBeCloseTo(b.reduce((x, y) => x + y) / b.length, 10);
      expect(bins).toHaveLength(20);
      expect([bins[0]!.low, bins[19]!.high]).toEqual([0, 5]);
      for (const [i, bin] of bins.entries()) {
        const inside = (x: number): boolean => x >= bin.low && (i === 19 ? x <= bin.high : x < bin.high);
        expect([bin.selected, bin.rest], `bin ${i}`).toEqual([
          a.filter(inside).length,
          b.filter(inside).length,
        ]);
      }
    },
  );

  it('of texts has the total variation and χ² by their definitions, and the values that differ most', async () => {
    const values = [...new Set(text)].filter((value) => value !== null);
    const count = (value: string | undefined, own: boolean): number =>
      text.filter((t, i) => t !== null && (value === undefined || t === value) && selected.has(i) === own)
        .length;
    const [a, b] = [count(undefined, true), count(undefined, false)];
    const column = await compare('text', 'string');
    expect(column).toMatchObject({ selected: a, rest: b, values: values.length });
    expect(column.difference).toBeCloseTo(
      values.reduce((sum, v) => sum + Math.abs(count(v, true) / a - count(v, false) / b), 0) / 2,
      12,
    );
    const chi = values.flatMap((v) =>
      [true, false].map((own) => {
        const e = ((count(v, true) + count(v, false)) * (own ? a : b)) / (a + b);
        return (count(v, own) - e) ** 2 / e;
      }),
    );
    expect(column.chiSquared).toBeCloseTo(
      chi.reduce((x, y) => x + y),
      9,
    );
    expect(column.bins).toHaveLength(20);
    const apart = column.bins.map((bin) => Math.abs(bin.selected / a - bin.rest / b));
    expect(apart).toEqual([...apart].sort((x, y) => y - x));
    expect([column.bins[0]!.selected, column.bins[0]!.rest]).toEqual([
      count(column.bins[0]!.value, true),
      count(column.bins[0]!.value, false),
    ]);
  });

  it('of booleans, of one value, of no value, of the widest range, and of missing labels', async () => {
    expect((await compare('flag', 'boolean')).bins.map((bin) => bin.value).sort()).toEqual(['false', 'true']);
    expect(await compare('one', 'number')).toMatchObject({
      difference: 0,
      selectedMean: 7,
      restMean: 7,
      bins: [{ low: 7, high: 7, selected: rows.length, rest: n - rows.length }],
    });
    expect(await compare('none', 'number')).toMatchObject({
      selected: 0,
      rest: 0,
      difference: 0,
      selectedMean: 0,
      bins: [],
    });
    const huge = await compare('huge', 'number');
    expect(huge).toMatchObject({
      difference: expect.closeTo(
        number.filter((x, i) => x <= 2 && !selected.has(i)).length / (n - rows.length),
        12,
      ),
    });
    expect([huge.bins[0]!.low, huge.bins[19]!.high, Number.isFinite(huge.restMean)]).toEqual([
      -1.7e308,
      1.7e308,
      true,
    ]);
    expect((await compare('class_name', 'string')).bins.map((bin) => bin.value)).toEqual(['odd']);
  });

  it('with everything selected has nothing to compare with', async () => {
    const all = Int32Array.from({ length: n }, (_, i) => i);
    expect(await compare('flag', 'boolean', all)).toMatchObject({
      selected: n,
      rest: 0,
      difference: 0,
      chiSquared: 0,
    });
    expect(await compare('number', 'number', all)).toMatchObject({ rest: 0, difference: 0, restMean: 0 });
  });

  it('of a million rows leaves the event loop free', async () => {
    const million = 1_000_000;
    const large = await put('large', [
      rowColumn(million),
      {
        name: 'metadata.x',
        type: 'float64',
        values: Float64Array.from({ length: million }, (_, i) => Math.sin(i)),
      },
      {
        name: 'metadata.id',
        type: 'string',
        values: Array.from({ length: million }, (_, i) => `id ${i % 1000}`),
      },
    ]);
    await tables.matching(large, Filter.of('', new Map()));
    const among = { rows: Int32Array.from({ length: million / 2 }, (_, i) => 2 * i), population: million };
    const before = performance.eventLoopUtilization();
    const x = await tables.compare(large, { name: 'x', type: 'number', field: 'metadata.x' }, among);
    const id = await tables.compare(large, { name: 'id', type: 'string', field: 'metadata.id' }, among);
    const { utilization } = performance.eventLoopUtilization(before);
    expect([x.selected, x.rest, id.difference, id.values]).toEqual([500_000, 500_000, 1, 1000]);
    expect(x.difference).toBeLessThan(0.01);
    // Comparisons on the event loop would keep it busy all the time.
    expect(utilization).toBeLessThan(0.5);
  });
});

it('the rows that meet a filter are one bit each', async () => {
  const fields = new Map([
    ['metadata.text', 'string'],
    ['row', 'number'],
  ] as const);
  const bitmap = await tables.matching(table, Filter.of('metadata.text = "k3" OR row = 999', fields));
  expect(bitmap).toHaveLength(125);
  expect([...selectRows({ rows: [], bitmap }, n)]).toEqual(
    text.flatMap((t, i) => (t === 'k3' || i === 999 ? [i] : [])),
  );
  expect((await tables.matching(table, Filter.of('row > 5000', fields))).every((byte) => byte === 0)).toBe(
    true,
  );
});
