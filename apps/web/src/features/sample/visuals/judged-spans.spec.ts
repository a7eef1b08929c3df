import { expect, it } from 'vitest';
import { judgeSpans } from './judged-spans.js';

const truth = { start: 0, end: 3, label: 1 };
const said = { ...truth, predicted: true, score: 0.75 };

it('a prediction of the same place and class is the ground truth that it finds', () => {
  const [missed, other] = [
    { start: 4, end: 8, label: 0 },
    { start: 4, end: 8, label: 1, predicted: true },
  ];
  expect(judgeSpans([truth, missed, said, other])).toEqual([
    { ...truth, score: 0.75, outcome: 'found' },
    { ...missed, outcome: 'missed' },
    { ...other, outcome: 'wrong' },
  ]);
});

it('nothing is right or wrong without ground truth or without predictions', () => {
  expect(judgeSpans([truth])).toEqual([truth]);
  expect(judgeSpans([said])).toEqual([said]);
});
