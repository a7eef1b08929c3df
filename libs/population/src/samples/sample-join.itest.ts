import { OpenTable } from '@noema/artifacts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SampleJoin } from './sample-join.js';
import type { MetadataCells, SampleRows } from './sample-rows.js';
import { writeSampleShard, writeSampleTable } from './sample-writer.js';

const part = (ids: string[], metadata: readonly MetadataCells[]): SampleRows => ({
  splits: ids.map(() => 'training'),
  sampleIds: ids,
  classIndexes: ids.map((_, i) => (i % 3) - 1),
  metadata,
});

describe('the samples of shards', () => {
  let join: SampleJoin;
  beforeEach(async () => {
    join = await SampleJoin.open();
  });
  afterEach(() => join.close());

  const facts = { classNames: ["it's", 'größe 🙂'], shardSize: 2 };
  const read = async (table: Uint8Array) => {
    const open = await OpenTable.of(table);
    const { columns } = await open.query();
    await open.close();
    return columns.map(({ name, type, values }) => ({ name, type, values: Array.from(values) }));
  };
  const joined = async (parts: readonly SampleRows[]) => {
    for (const one of parts) await join.add(await writeSampleShard(one));
    return join.finish(facts);
  };

  it('become the table of all, in order; a column that a shard does not know is empty there', async () => {
    const { table, columns } = await joined([
      part(['a', 'b'], [{ name: 'x', type: undefined, values: [null, null] }]),
      part(
        ['c', 'd'],
        [
          { name: 'x', type: 'number', values: [1, -0.5] },
          { name: 'y', type: 'string', values: ['k', null] },
        ],
      ),
      part(['e'], [{ name: 'x', type: 'number', values: [1] }]),
    ]);
    const all: SampleRows = {
      splits: Array.from({ length: 5 }, () => 'training'),
      sampleIds: ['a', 'b', 'c', 'd', 'e'],
      classIndexes: [-1, 0, -1, 0, -1],
      metadata: [
        { name: 'x', type: 'number', values: [null, null, 1, -0.5, 1] },
        { name: 'y', type: 'string', values: [null, null, 'k', null, null] },
      ],
    };
    expect(await read(table)).toEqual(await read(await writeSampleTable(all, facts)));
    expect(columns).toEqual([
      { name: 'x', type: 'number', distinct: 2, missing: 2, values: [], min: -0.5, max: 1 },
      { name: 'y', type: 'string', distinct: 1, missing: 4, values: ['k'] },
    ]);
  });

  it('keep their order above the size of a group of rows', async () => {
    const rows = 5_000;
    const ids = (from: number) => Array.from({ length: rows }, (_, i) => String(from + i));
    const { table } = await joined([part(ids(0), []), part(ids(rows), []), part(ids(2 * rows), [])]);
    const columns = await read(table);
    expect(columns.find(({ name }) => name === 'sample_id')!.values).toEqual(
      ids(0).concat(ids(rows), ids(2 * rows)),
    );
    expect(columns[0]!.values).toEqual(Array.from({ length: 3 * rows }, (_, i) => i));
  });

  it('of two types in one column are refused', async () => {
    await expect(
      joined([
        part(['a'], [{ name: 'x', type: 'number', values: [1] }]),
        part(['b'], [{ name: 'x', type: 'string', values: ['1'] }]),
      ]),
    ).rejects.toThrow(/metadata "x" is a number for some samples and a string for others/);
  });

  it('leave out a column without a value, and refuse a handler without one', async () => {
    const parts = (values: (number | null)[]) =>
      values.map((value, i) =>
        part(
          [String(i)],
          [
            { name: 'facts.ink', type: value === null ? undefined : ('number' as const), values: [value] },
            { name: 'facts.none', type: undefined, values: [null] },
          ],
        ),
      );
    expect((await joined(parts([null, 3]))).columns.map(({ name }) => name)).toEqual(['facts.ink']);
    await join.close();
    join = await SampleJoin.open();
    await expect(joined(parts([null, null]))).rejects.toThrow(
      /metadata "facts" has no value for any of 2 samples/,
    );
  });

  it('are summarized: up to 100 texts are listed', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => String(i));
    const { columns } = await joined([
      part(ids, [
        { name: 't', type: 'string', values: ids.map((_, i) => ['b', 'a', 'Ü'][i % 3]!) },
        { name: 'm', type: 'string', values: ids },
        { name: 'f', type: 'boolean', values: ids.map((_, i) => (i === 0 ? null : i % 2 === 0)) },
      ]),
    ]);
    expect(columns).toEqual([
      { name: 't', type: 'string', distinct: 3, missing: 0, values: ['a', 'b', 'Ü'] },
      { name: 'm', type: 'string', distinct: 101, missing: 0, values: [] },
      { name: 'f', type: 'boolean', distinct: 2, missing: 1, values: [] },
    ]);
  });
});
