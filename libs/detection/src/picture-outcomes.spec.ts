import { expect, it } from 'vitest';
import { classifyOutcomes, countOutcomes, type Predictions, type Truths } from './index.js';

type Row = readonly [picture: number, classIndex: number, x: number, width: number, score?: number];

const columns = (rows: readonly Row[]) => ({
  picture: Int32Array.from(rows, ([picture]) => picture),
  classIndex: Int32Array.from(rows, ([, own]) => own),
  boxes: {
    x: Float64Array.from(rows, ([, , x]) => x),
    y: new Float64Array(rows.length),
    width: Float64Array.from(rows, ([, , , width]) => width),
    height: new Float64Array(rows.length).fill(1),
  },
});

it('counts the outcomes of each picture, with mean IoU and LRP error', () => {
  const truths: Truths = columns([
    [0, 0, 0, 10], // found with IoU 0.8
    [0, 1, 20, 10], // covered by another class
    [0, 0, 40, 10], // badly placed, IoU 4 / 16
    [0, 1, 60, 10], // missed
    [2, 0, 0, 10], // found exactly
  ]);
  const rows: readonly Row[] = [
    [0, 0, 0, 8, 0.9],
    [0, 0, 20, 10, 0.8],
    [0, 0, 46, 10, 0.7],
    [1, 0, 0, 5, 0.6],
    [2, 0, 0, 10, 0.5],
  ];
  const predictions: Predictions = {
    ...columns(rows),
    score: Float64Array.from(rows, ([, , , , score]) => score!),
  };
  const counts = countOutcomes(truths, predictions, classifyOutcomes(truths, predictions), 4);
  expect([...counts.missed]).toEqual([1, 0, 0, 0]);
  expect([...counts.wrongClass]).toEqual([1, 0, 0, 0]);
  expect([...counts.badlyPlaced]).toEqual([1, 0, 0, 0]);
  expect([...counts.falsePositives]).toEqual([2, 1, 0, 0]);
  expect(counts.iou[0]).toBeCloseTo((0.8 + 1 + 0.25 + 0) / 4, 6);
  expect([...counts.iou].slice(1)).toEqual([NaN, 1, NaN]);
  // one match of cost 0.2 / 0.5, two false positives and three objects without a match
  expect(counts.error[0]).toBeCloseTo((0.4 + 5) / 6, 6);
  expect([...counts.error].slice(1)).toEqual([1, 0, 0]);
});
