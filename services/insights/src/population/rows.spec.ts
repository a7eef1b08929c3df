import { expect, it } from 'vitest';
import { countRowBytes, SearchedRows } from './rows.js';

const draw = (seed: number): SearchedRows =>
  SearchedRows.choose(1000, { bytesPerRow: 10, bytes: 1009, seed });

it('draws as many rows as the memory holds, by the seed', () => {
  const drawn = draw(1);
  const rows = [...drawn.rows!];
  expect(rows).toHaveLength(100);
  expect([...new Set(rows)].sort((a, b) => a - b)).toEqual(rows);
  expect([rows[0]! >= 0, rows.at(-1)! < 1000]).toEqual([true, true]);
  expect(draw(1).rows).toEqual(drawn.rows);
  expect(draw(2).rows).not.toEqual(drawn.rows);
  expect(SearchedRows.choose(100, { bytesPerRow: 10, bytes: 1000, seed: 1 }).rows).toBeUndefined();
});

it('reads the drawn rows of each shard, and of whole columns', () => {
  const drawn = draw(3);
  const read: number[][] = [];
  for (const [from, to] of [
    [0, 300],
    [300, 301],
    [301, 1000],
  ] as const)
    drawn.forEach(from, to, (at, row) => {
      expect([row >= from, row < to]).toEqual([true, true]);
      read.push([at, row]);
    });
  expect(read).toEqual([...drawn.rows!].map((row, at) => [at, row]));
  expect(read.map(([at]) => drawn.toRow(at!))).toEqual([...drawn.rows!]);
  const pairs = Int32Array.from({ length: 2000 }, (_, at) => at);
  expect([...drawn.pick(pairs, 2)]).toEqual([...drawn.rows!].flatMap((row) => [2 * row, 2 * row + 1]));
});

it('counts the columns of metadata twice, which the thread of a search copies', () => {
  const counts = { dimensions: 64, units: 234, epochs: 20, classes: 10, metadata: 0 };
  expect(countRowBytes({ ...counts, metadata: 100 }) - countRowBytes(counts)).toBe(1600);
});
