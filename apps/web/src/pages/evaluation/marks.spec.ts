import { describe, expect, it } from 'vitest';
import type { ClassRow } from '../../features/evaluation/report.js';
import { confusionMarks, MAX_DRAWN } from './confusion-marks.js';

/** A matrix in which every class has 9 correct samples and one that is predicted as the next class. */
function matrix(count: number) {
  const cells = new Float64Array(count * count);
  for (let k = 0; k < count; k++) {
    cells[k * count + k] = 9;
    cells[k * count + ((k + 1) % count)]! += 1;
  }
  const names = Array.from({ length: count }, (_, k) => `class ${k}`);
  return { names, cells, n: 10 * count, rows: names.map(() => ({ support: 10, predicted: 10 }) as ClassRow) };
}

describe('the marks of a confusion matrix', () => {
  it('are all cells of few classes, and the pairs with samples of many, confusions first', () => {
    expect(confusionMarks(matrix(3), 'none')).toHaveLength(9);
    const many = confusionMarks(matrix(MAX_DRAWN + 1), 'none');
    expect(many).toHaveLength(2 * (MAX_DRAWN + 1));
    expect(many.reduce((sum, { n }) => sum + n, 0)).toBe(10 * (MAX_DRAWN + 1));
    expect(many.slice(0, MAX_DRAWN + 1).every(({ truth, predicted }) => truth !== predicted)).toBe(true);
  });

  it('have the total of a share as their n', () => {
    expect(confusionMarks(matrix(3), 'truth')[0]).toMatchObject({ value: 0.9, n: 10, notes: ['9 samples'] });
  });
});
