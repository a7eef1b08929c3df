import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { describe, expect, it } from 'vitest';
import { formatEvaluation } from './samples.tool.js';

const evaluation = (fields: Partial<SampleEvaluation>): SampleEvaluation =>
  ({
    row: 3,
    task: Task.BINARY,
    hasLoss: true,
    loss: 1,
    correct: false,
    trueClass: -1,
    predictedClass: -1,
    probabilities: [],
    predictions: [],
    targets: [],
    ...fields,
  }) as SampleEvaluation;

describe('formatEvaluation', () => {
  it.each([
    ['the second class by one number', [0.2], 1, 0.2],
    ['the first class by one number', [0.2], 0, 0.8],
    ['a class of several', [0.1, 0.7, 0.2], 1, 0.7],
    ['no class', [], -1, undefined],
  ])('has the confidence of %s', (_, probabilities, predictedClass, expected) => {
    const sample = evaluation({ probabilities, predictedClass, predictedClassName: '' });
    expect(formatEvaluation(sample)['confidence']).toBe(expected);
  });

  it('calls no picture misclassified whose pixels are judged one by one', () => {
    const sample = evaluation({ task: Task.PER_PIXEL, pixelAccuracy: 0.9 });
    expect(formatEvaluation(sample)).toMatchObject({ correct: undefined, pixel_accuracy: 0.9 });
  });

  it('has all numbers of a regression', () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    const sample = evaluation({ task: Task.REGRESSION, predictions: numbers, targets: numbers });
    expect(formatEvaluation(sample)).toMatchObject({ predictions: numbers, targets: numbers });
  });
});
