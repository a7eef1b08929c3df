import { describe, expect, it } from 'vitest';
import { lossWeights, type ScoreActivation, spread, toOutputs } from './served-model.js';

const SCORES = Float32Array.of(0.3, -1.2, 0.8, 2, 0.1, -0.4);

describe('the outputs of scores', () => {
  it('are a softmax of each row, which a constant does not change', () => {
    const outputs = toOutputs(SCORES, 3, 'softmax');
    expect(outputs[3]! + outputs[4]! + outputs[5]!).toBeCloseTo(1, 6);
    expect(outputs[4]! / outputs[5]!).toBeCloseTo(Math.exp(0.5), 5);
    const shifted = toOutputs(
      SCORES.map((score) => score + 500),
      3,
      'softmax',
    );
    shifted.forEach((value, i) => {
      expect(value).toBeCloseTo(outputs[i]!, 4);
    });
  });
  it('are a sigmoid of each score, or the scores', () => {
    expect(toOutputs(SCORES, 3, 'sigmoid')[0]).toBeCloseTo(0.574_443, 5);
    expect(toOutputs(SCORES, 3, 'none')).toBe(SCORES);
  });
});

describe('the weights of a loss', () => {
  const losses: Record<string, (y: number, t: number, width: number) => number> = {
    categorical_crossentropy: (y, t) => -t * Math.log(y),
    binary_crossentropy: (y, t, width) => -(t * Math.log(y) + (1 - t) * Math.log(1 - y)) / width,
    mean_squared_error: (y, t, width) => (y - t) ** 2 / width,
  };
  const targets = Float32Array.of(0, 0, 1, 1, 0, 0);

  it.each<[string, ScoreActivation]>([
    ['categorical_crossentropy', 'softmax'],
    ['binary_crossentropy', 'sigmoid'],
    ['binary_crossentropy', 'softmax'],
    ['mean_squared_error', 'none'],
    ['mean_squared_error', 'softmax'],
  ])('of %s with %s are its differences by each score', (name, activation) => {
    const weights = lossWeights(name, SCORES, targets, { width: 3, activation })!;
    const computeLoss = (scores: Float32Array): number =>
      toOutputs(scores, 3, activation).reduce((sum, y, i) => sum + losses[name]!(y, targets[i]!, 3), 0);
    for (const i of SCORES.keys()) {
      const [more, less] = [SCORES.slice(), SCORES.slice()];
      more[i]! += 1e-2;
      less[i]! -= 1e-2;
      expect(weights[i]).toBeCloseTo((computeLoss(more) - computeLoss(less)) / 2e-2, 3);
    }
  });
  it('are unknown for a loss that clients do not record', () => {
    expect(lossWeights('hinge', SCORES, targets, { width: 3, activation: 'none' })).toBeUndefined();
  });
});

it('entries are spread from the first to the last', () => {
  expect(spread([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
  expect(spread([1, 2], 3)).toEqual([1, 2]);
  expect(spread([5, 6], 1)).toEqual([5]);
});
