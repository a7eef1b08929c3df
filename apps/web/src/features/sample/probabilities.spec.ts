import { describe, expect, it } from 'vitest';
import { byProbability, topClasses } from './probabilities.js';

describe('probabilities', () => {
  it('fall, what is no number last, unnamed classes by their number', () => {
    expect(byProbability([0.1, NaN, 0.7], ['a', 'b']).map(({ name }) => name)).toEqual(['2', 'a', 'b']);
  });

  it('keep the true class among the first', () => {
    const sorted = byProbability([0.4, 0.3, 0.2, 0.1], []);
    expect(topClasses(sorted, 2, 3).map(({ index }) => index)).toEqual([0, 3]);
    expect(topClasses(sorted, 2, 1).map(({ index }) => index)).toEqual([0, 1]);
    expect(topClasses(sorted, 2, -1).map(({ index }) => index)).toEqual([0, 1]);
  });
});
