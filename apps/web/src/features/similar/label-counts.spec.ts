import { describe, expect, it } from 'vitest';
import { countLabels, countSentence } from './label-counts.js';

const samples = (of: Record<number, number>, wrong = 0) =>
  Object.entries(of).flatMap(([index, n]) =>
    Array.from({ length: n }, (_, at) => ({
      trueClass: Number(index),
      trueClassName: Number(index) < 0 ? '' : `c${index}`,
      predictedClass: 0,
      correct: at >= wrong,
    })),
  );

describe('labels of similar samples', () => {
  it('are counted, that of the query first', () => {
    const counts = countLabels(samples({ 4: 4, 9: 19, 7: 2 }), 4);
    expect(countSentence(counts)).toBe('4 of 25 are c4, 19 are c9, 2 are c7');
    expect(countSentence(countLabels(samples({ 9: 1, 7: 2 }), 4))).toBe('2 of 3 are c7, 1 is c9');
  });

  it('are summed up when there are many', () => {
    expect(countSentence(countLabels(samples({ 1: 9, 2: 8, 3: 7, 4: 6, 5: 1, 6: 1, 7: 1 }), 3))).toBe(
      '7 of 33 are c3, 9 are c1, 8 are c2, 6 are c4, 3 are of 3 other labels',
    );
  });

  it('have those without a label last, which are never wrong', () => {
    const counts = countLabels([...samples({ 2: 3 }, 1), ...samples({ [-1]: 5 }, 5)], -1);
    expect(counts.map(({ name, wrong }) => [name, wrong])).toEqual([
      ['c2', 1],
      ['without a label', 0],
    ]);
    expect(countSentence([])).toBe('');
  });
});
