import { expect, it } from 'vitest';
import type { ShardSamples } from './ingestion.js';
import { joinSamples, summarize } from './metadata-summary.js';

const part = (ids: string[], metadata: ShardSamples['metadata']): ShardSamples => ({
  splits: ids.map(() => 'training'),
  sampleIds: ids,
  classIndexes: ids.map(() => 0),
  metadata,
});

it('joins shards in order and fills columns that a shard does not know', () => {
  const joined = joinSamples([
    part(['a', 'b'], [{ name: 'x', type: undefined, values: [null, null] }]),
    part(
      ['c'],
      [
        { name: 'x', type: 'number', values: [1] },
        { name: 'y', type: 'string', values: ['k'] },
      ],
    ),
  ]);
  expect(joined.sampleIds).toEqual(['a', 'b', 'c']);
  expect(joined.metadata).toEqual([
    { name: 'x', type: 'number', values: [null, null, 1] },
    { name: 'y', type: 'string', values: [null, null, 'k'] },
  ]);
});
it('refuses a column of two types', () => {
  const shards = [
    part(['a'], [{ name: 'x', type: 'number', values: [1] }]),
    part(['b'], [{ name: 'x', type: 'string', values: ['1'] }]),
  ];
  expect(() => joinSamples(shards)).toThrow(
    /metadata "x" is a number for some samples and a string for others/,
  );
});
it('leaves out a column without a value, and refuses a handler without one', () => {
  const shards = (values: (number | null)[]) =>
    values.map((value, i) =>
      part(
        [String(i)],
        [
          { name: 'facts.ink', type: value === null ? undefined : ('number' as const), values: [value] },
          { name: 'facts.none', type: undefined, values: [null] },
        ],
      ),
    );
  expect(joinSamples(shards([null, 3])).metadata).toEqual([
    { name: 'facts.ink', type: 'number', values: [null, 3] },
  ]);
  expect(() => joinSamples(shards([null, null]))).toThrow(
    /metadata "facts" has no value for any of 2 samples/,
  );
});
it('summarizes numbers and texts', () => {
  expect(summarize({ name: 'n', type: 'number', values: [3, null, -1, 3] })).toEqual({
    name: 'n',
    type: 'number',
    distinct: 2,
    missing: 1,
    values: [],
    min: -1,
    max: 3,
  });
  expect(summarize({ name: 't', type: 'string', values: ['b', 'a', 'b'] })).toEqual({
    name: 't',
    type: 'string',
    distinct: 2,
    missing: 0,
    values: ['a', 'b'],
  });
  expect(
    summarize({ name: 'm', type: 'string', values: Array.from({ length: 101 }, (_, i) => `v${i}`) }).values,
  ).toEqual([]);
});
