import { describe, expect, it } from 'vitest';
import { learnedSentence, lossSentence, ordinal } from './sentences.js';

const history = (
  rights: boolean[],
  learnedEpoch: number,
  forgottenEpochs: number[] = [],
  hasLoss = true,
) => ({
  epochs: rights.map((correct, at) => ({ epoch: at + 1, correct, hasLoss })),
  learnedEpoch,
  forgottenEpochs,
});

describe('sentences', () => {
  it('count as people do', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 1022].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '102nd',
      '111th',
      '1,022nd',
    ]);
  });

  it('say where a loss stands', () => {
    expect(lossSentence(3.2148, 12, 10_000)).toBe('loss 3.215, 12th highest of 10,000');
    expect(lossSentence(7.3, 1, 10_000)).toBe('loss 7.3, the highest of 10,000');
    expect(lossSentence(0.5, 0, 0)).toBe('loss 0.5');
  });

  it.each([
    [history([false, true, true], 2), 'Learned in epoch 2.'],
    [history([true, true], 1), 'Classified correctly from epoch 1 on.'],
    [history([true], 1), 'Classified correctly.'],
    [history([false], 0), 'Misclassified.'],
    [history([true, false, true, false, true], 5, [2, 4]), 'Learned in epoch 5, forgotten in epoch 2 and 4.'],
    [history([false, false], 0), 'Never classified correctly in 2 epochs.'],
    [history([true, false], 0, [2]), 'Classified correctly before, forgotten in epoch 2.'],
    [history([false], 0, [], false), ''],
    [history([], 0), ''],
  ])('say when a sample was learned (%#)', (given, sentence) => {
    expect(learnedSentence(given)).toBe(sentence);
  });
});
