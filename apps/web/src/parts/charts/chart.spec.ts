import { describe, expect, it } from 'vitest';
import { listGroups } from './chart.js';

describe('the groups of a chart', () => {
  const data = ['c', 'a', 'd', 'a'].map((x) => ({ x, value: 1, n: 1 }));

  it('have the given order, and groups that it lacks come last', () => {
    expect(listGroups(data)).toEqual(['c', 'a', 'd']);
    expect(listGroups(data, ['a', 'b', 'c'])).toEqual(['a', 'c', 'd']);
  });
});
