import { describe, expect, it } from 'vitest';
import { isMisclassified, redFrameNote } from './misclassified.js';

const correct = { trueClass: 1, predictedClass: 1, correct: true };
const wrong = { trueClass: 1, predictedClass: 2, correct: false };
const withoutTruth = { trueClass: -1, predictedClass: 2, correct: false };
const withoutClass = { trueClass: 1, predictedClass: -1, correct: false };

it.each([
  ['a prediction of its class', correct, false],
  ['a prediction of another class', wrong, true],
  ['a sample without ground truth', withoutTruth, false],
  ['a prediction that is no class', withoutClass, false],
])('%s is misclassified or not', (_, evaluation, expected) => {
  expect(isMisclassified(evaluation)).toBe(expected);
});

describe('the note about red frames', () => {
  const evaluations = new Map([
    [3, correct],
    [4, wrong],
    [5, withoutTruth],
  ]);
  it('stands where one of the rows is misclassified', () => {
    expect(redFrameNote([3, 4], evaluations)).toContain('a red frame marks a misclassified sample');
  });
  it('is left out where none is, and while evaluations are loading', () => {
    expect(redFrameNote([3, 5, 9], evaluations)).toBe('');
    expect(redFrameNote([4], undefined)).toBe('');
  });
});
