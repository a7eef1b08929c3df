import { OpenTable, writeTable } from '@noema/artifacts';
import { parseOrderBy } from '@noema/kernel';
import { formatField } from '@noema/kernel/filter-language';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRow } from './row-mask.js';
import type { SampleRows } from './sample-rows.js';
import { SampleTable } from './sample-table.js';
import { readSampleShard, writeSampleShard, writeSampleTable } from './sample-writer.js';

const samples: SampleRows = {
  splits: ['training', 'training', 'test', 'unlabeled'],
  sampleIds: ['a', 'b/c', 'a', 'größe 🙂'],
  classIndexes: [1, 0, 1, -1],
  metadata: [
    { name: 'ink', type: 'number', values: [0.25, null, 3, 4] },
    { name: 'place', type: 'string', values: ['x', 'y', null, 'x'] },
    { name: 'odd', type: 'boolean', values: [false, true, false, true] },
  ],
};
let table: SampleTable;
beforeAll(async () => {
  table = await SampleTable.open(
    await writeSampleTable(samples, { classNames: ['zero', 'one'], shardSize: 3 }),
  );
});
afterAll(() => table.close());

const findRows = async (filter: string): Promise<number[]> => {
  const mask = await table.matching(table.parseFilter(filter));
  return [0, 1, 2, 3].filter((row) => hasRow(mask, row));
};

describe('a sample table', () => {
  it('has the columns of the format, in its order and types', async () => {
    const bytes = await writeSampleTable(samples, { classNames: ['zero', 'one'], shardSize: 3 });
    const file = await OpenTable.of(bytes);
    expect(file.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'row int32',
      'shard int32',
      'split string',
      'sample_id string',
      'class_index int32',
      'class_name string',
      'metadata.ink float64',
      'metadata.place string',
      'metadata.odd boolean',
    ]);
    expect((await file.query()).columns.slice(0, 2).map(({ values }) => values)).toEqual([
      [0, 1, 2, 3],
      [0, 0, 0, 1],
    ]);
    await file.close();
  });

  it('gives a mask of the rows that meet a filter', async () => {
    expect(await findRows('')).toEqual([0, 1, 2, 3]);
    expect(await findRows('split = training')).toEqual([0, 1]);
    expect(await findRows('label = "one" AND metadata.ink > 1')).toEqual([2]);
    expect(await findRows('class_name = null')).toEqual([3]);
    expect(() => table.parseFilter('metadata.colour = 1')).toThrow(
      expect.objectContaining({ reason: 'FILTER_INVALID' }),
    );
  });

  it('finds rows by address and addresses by row', async () => {
    const index = await table.index();
    expect(index.findRow({ split: 'test', sampleId: 'a' })).toBe(2);
    expect(index.findRow({ split: 'validation', sampleId: 'a' })).toBeUndefined();
    expect(index.getAddress(3)).toEqual({ split: 'unlabeled', sampleId: 'größe 🙂' });
    expect(await table.find({ split: 'training', sampleId: 'b/c' })).toEqual({
      row: 1,
      split: 'training',
      sampleId: 'b/c',
      classIndex: 0,
      className: 'zero',
      metadata: { place: 'y', odd: true },
    });
  });

  it('reads fields as filters need them: no class is no value', async () => {
    const readers = await table.readers(['class_name', 'metadata.ink']);
    expect([0, 3].map((row) => readers.get('class_name')!(row))).toEqual(['one', undefined]);
    expect([0, 1].map((row) => readers.get('metadata.ink')!(row))).toEqual([0.25, null]);
  });

  it('refuses a split that this program does not know', async () => {
    const strange = await SampleTable.open(
      await writeTable([
        { name: 'row', type: 'int32', values: [0] },
        { name: 'split', type: 'string', values: ['holdout'] },
        { name: 'sample_id', type: 'string', values: ['a'] },
      ]),
    );
    await expect(strange.index()).rejects.toMatchObject({ reason: 'SPLIT_UNKNOWN' });
    await strange.close();
  });
});

it.each(['pen width', 'a "b"', String.raw`c:\d`, "it's", 'x.y', '日本', '-1', 'true', '10 % (mm²)'])(
  'filters and sorts by the metadata %j',
  async (name) => {
    const metadata = [{ name, type: 'number' as const, values: [0.25, null, 3, 4] }];
    const strange = await SampleTable.open(
      await writeSampleTable({ ...samples, metadata }, { classNames: ['zero', 'one'], shardSize: 3 }),
    );
    const field = formatField(`metadata.${name}`);
    const { samples: found, total } = await strange.query({
      filter: strange.parseFilter(`${field} != 3`),
      order: parseOrderBy(`${field} desc`, [`metadata.${name}`])!,
    });
    expect([total, ...found.map(({ row }) => row)]).toEqual([3, 3, 0, 1]);
    await strange.close();
  },
);

it('reads a shard of samples back unchanged, unknown metadata without a type', async () => {
  const shard: SampleRows = {
    ...samples,
    metadata: [...samples.metadata, { name: 'none', type: undefined, values: [null, null, null, null] }],
  };
  expect(await readSampleShard(await writeSampleShard(shard))).toEqual(shard);
});
