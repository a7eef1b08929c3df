import { expect, it } from 'vitest';
import { pointsOf } from './bit-mask.js';
import { searchPoints } from './text-search.js';

const ids = { at: (point: number) => `Sample-${point}`, indexOf: () => -1 };
const columns = [{ name: 'metadata.place', kind: 'code' as const, names: ['Oslo', 'Rome'], missing: 255, values: Uint8Array.of(0, 1, 255, 0) }];

it('finds ids and texts whatever their case', async () => {
  const find = async (typed: string) => pointsOf(await searchPoints({ typed, count: 4, ids, columns, signal: new AbortController().signal }));
  expect(await find('sample-2')).toEqual([2]);
  expect(await find('OSLO')).toEqual([0, 3]);
  expect(await find('nothing')).toEqual([]);
});

it('stops when something else is typed', async () => {
  const stopped = new AbortController();
  stopped.abort();
  await expect(searchPoints({ typed: 'a', count: 4, ids, columns, signal: stopped.signal })).rejects.toThrow();
});
