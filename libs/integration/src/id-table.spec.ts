import { expect, it } from 'vitest';
import { IdTable } from './id-table.js';

it('finds the first of two equal ids among many, and no other', () => {
  const ids = Array.from({ length: 100_000 }, (_, i) => String(i));
  ids.push('77', '', 'größe', '');
  const table = new IdTable(ids);
  const twice = ids.flatMap((_, index) => {
    const first = table.add(index);
    return first === undefined ? [] : [[first, index]];
  });
  expect(twice).toEqual([
    [77, 100_000],
    [100_001, 100_003],
  ]);
});
