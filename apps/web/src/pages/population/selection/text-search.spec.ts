import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { describe, expect, it } from 'vitest';
import { listPoints } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { searchFields } from './search-fields.js';
import { isCondition, search } from './text-search.js';

const IDS = ['a-10', 'a-2', 'b=1', 'c-3', 'c-4'];
const texts = { at: (point: number) => IDS[point], length: IDS.length } as never;
const COLUMNS: Readonly<Record<string, Column>> = {
  true_class: {
    name: 'true_class',
    kind: 'code',
    names: ['three', 'seven'],
    missing: 255,
    values: Uint8Array.of(0, 1, 0, 255, 1),
  },
  predicted_class: {
    name: 'predicted_class',
    kind: 'code',
    names: ['three', 'seven'],
    missing: 255,
    values: Uint8Array.of(0, 0, 1, 1, 1),
  },
  correct: {
    name: 'correct',
    kind: 'code',
    names: ['false', 'true'],
    missing: 255,
    values: Uint8Array.of(1, 0, 0, 255, 1),
  },
  loss: { name: 'loss', kind: 'number', values: Float32Array.of(0.1, 2, 3, NaN, 0.5) },
  split: {
    name: 'split',
    kind: 'code',
    names: ['training', 'validation'],
    missing: 255,
    values: Uint8Array.of(0, 0, 1, 1, 1),
  },
  'metadata.color': {
    name: 'metadata.color',
    kind: 'code',
    names: ['Red', 'blue'],
    missing: -1,
    values: Int32Array.of(0, 0, 1, -1, 1),
  },
  'metadata.slant': { name: 'metadata.slant', kind: 'number', values: Float32Array.of(50, 10, 45, 41, NaN) },
};
const fields = searchFields({
  classNames: ['three', 'seven'],
  splits: [],
  metadataColumns: [
    { name: 'color', type: ColumnType.STRING },
    { name: 'slant', type: ColumnType.NUMBER },
  ] as never,
});
const find = (typed: string) =>
  search({
    typed,
    count: 5,
    toRow: (point) => 4 - point,
    ids: texts,
    columns: [COLUMNS['metadata.color']!],
    fields,
    signal: new AbortController().signal,
    load: async (names) => new Map(names.map((name) => [name, COLUMNS[name]!])),
  });
const points = async (typed: string): Promise<number[]> => listPoints((await find(typed)).mask);

describe('the search of the map', () => {
  it.each([
    ['label = three', [0, 2]],
    ['label = "seven" AND loss > 1', [1]],
    ['class_index = 1', [1, 4]],
    ['true_class != 1', [0, 2, 3]],
    ['predicted_class = 1 AND NOT correct = true', [2, 3]],
    ['correct = false', [1, 2]],
    ['loss = null', [3]],
    ['split = SPLIT_TRAINING', [0, 1]],
    ['split = validation AND metadata.slant > 40', [2, 3]],
    ['metadata.color:RE', [0, 1]],
    ['sample_id:"a-"', [0, 1]],
    ['row >= 3', [0, 1]],
    ['label = three OR label = seven', [0, 1, 2, 4]],
  ])('understands %s', async (typed, expected) => {
    expect(await points(typed)).toEqual(expected);
  });

  it('finds parts of ids and of texts, whatever the case', async () => {
    expect(await points('A-')).toEqual([0, 1]);
    expect(await points('BLUE')).toEqual([2, 4]);
  });

  it('lists in natural order, all of them', async () => {
    expect((await find('a-')).points).toEqual([1, 0]);
    expect(await find('loss < 9')).toMatchObject({ count: 4, points: [1, 0, 2, 4] });
  });

  it('says what is wrong with a condition, unless an id contains it', async () => {
    expect(await find('color = 3')).toMatchObject({
      count: 0,
      error: expect.stringMatching(/^character 1: there is no field "color"; known: .*label/),
    });
    expect(await find('loss > x')).toMatchObject({ error: expect.stringMatching(/"loss" is a number/) });
    expect(await find('b=1')).toMatchObject({ count: 1, points: [2] });
  });

  it('distinguishes a condition from an id', () => {
    expect(['5-597', 'a b', 'C:', 'android'].map(isCondition)).toEqual([false, false, false, false]);
    expect(['label=5', 'loss>1', 'x AND y', 'sample_id:5'].map(isCondition)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
