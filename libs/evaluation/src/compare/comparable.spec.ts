import { describe, expect, it } from 'vitest';
import { type ComparedVersion, findMetrics, findRefusal } from './comparable.js';

const version = (title: string, more: Partial<ComparedVersion> = {}): ComparedVersion => ({
  title,
  task: 'multi-class',
  noLossReason: '',
  loss: { name: 'categorical_crossentropy' },
  ...more,
});

describe('comparable versions', () => {
  it('have the same task and ground truth', () => {
    expect(findRefusal(version('a'), version('b'))).toBeUndefined();
    expect(findRefusal(version('a'), version('b', { task: 'regression' }))).toBe(
      'a has the task multi-class, b has regression; choose two versions with the same task',
    );
    expect(findRefusal(version('a', { noLossReason: 'no labels' }), version('b'))).toContain(
      'a is not compared with ground truth (no labels)',
    );
  });

  it('are compared by the metrics of their task', () => {
    expect(findMetrics(version('a'), version('b'))).toEqual({
      hasCorrectness: true,
      numbers: ['loss'],
      notes: [],
    });
    const regression = { task: 'regression' };
    expect(findMetrics(version('a', regression), version('b', regression))).toMatchObject({
      hasCorrectness: false,
      numbers: ['loss', 'residual'],
    });
  });

  it('are not compared by losses of different functions', () => {
    const { numbers, notes } = findMetrics(version('a'), version('b', { loss: { name: 'focal' } }));
    expect(numbers).toEqual([]);
    expect(notes).toEqual([
      'the losses are not compared, because the loss functions differ: name is categorical_crossentropy in a ' +
        'and focal in b',
    ]);
  });
});
