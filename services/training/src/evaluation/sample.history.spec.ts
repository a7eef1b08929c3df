import { expect, it } from 'vitest';
import { toHistory, scoreEpoch, sampleEpoch } from './sample.history.js';

const makeEpochs = (read: string) =>
  [...read].map((sign, i) => ({
    epoch: i + 1,
    loss: 1,
    predictedClass: 0,
    correct: sign === '+',
    trueProbability: 0,
    confidence: 0,
    prediction: undefined,
    pixelAccuracy: undefined,
  }));

it.each<[string, number, number[]]>([
  ['', 0, []],
  ['+', 1, []],
  ['-', 0, []],
  ['--+++', 3, []],
  ['-+-++', 4, [3]],
  ['+-+-', 0, [2, 4]],
  ['+++', 1, []],
  ['++--+', 5, [3]],
])('%s: learned in epoch %i, forgotten in %j', (read, learnedEpoch, forgottenEpochs) => {
  expect(toHistory(makeEpochs(read))).toMatchObject({ learnedEpoch, forgottenEpochs });
});

it('the probability of one output is that of class 1 of two, and a predicted number has no probability', () => {
  const binary = scoreEpoch({
    rows: 3,
    width: 1,
    hasLoss: Uint8Array.of(1, 1, 0),
    loss: Float32Array.of(0.2, 3, NaN),
    predictedClass: Int32Array.of(1, 1, 0),
    trueClass: Int32Array.of(1, 0, -1),
    correct: Uint8Array.of(1, 0, 0),
    outputs: Float32Array.of(0.75, 0.75, 0.25),
  });
  expect([0, 1, 2].map((row) => sampleEpoch(7, row, binary))).toMatchObject([
    {
      epoch: 7,
      loss: expect.closeTo(0.2) as number,
      predictedClass: 1,
      correct: true,
      trueProbability: 0.75,
      confidence: 0.75,
    },
    { epoch: 7, loss: 3, predictedClass: 1, correct: false, trueProbability: 0.25, confidence: 0.75 },
    { epoch: 7, loss: undefined, predictedClass: 0, correct: false, trueProbability: 0, confidence: 0.75 },
  ]);
  const number = scoreEpoch(
    {
      rows: 1,
      width: 1,
      task: 'regression',
      hasLoss: Uint8Array.of(1),
      loss: Float32Array.of(4),
      predictedClass: Int32Array.of(-1),
      trueClass: Int32Array.of(-1),
      correct: Uint8Array.of(0),
      outputs: Float32Array.of(17),
    },
    'regression',
  );
  expect(sampleEpoch(1, 0, number)).toMatchObject({
    predictedClass: -1,
    trueProbability: 0,
    confidence: 0,
    correct: false,
    prediction: 17,
  });
});
