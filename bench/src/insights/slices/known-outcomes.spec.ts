import type { Population } from '@noema/insights';
import { expect, it } from 'vitest';
import { drawOutcomes } from './known-outcomes.js';

it('outcomes are drawn from the samples of a class inside or outside of a slice, whose means are known', () => {
  const n = 4000;
  const labels = Int32Array.from({ length: n }, (_, row) => row % 2);
  const isSlice = Uint8Array.from({ length: n }, (_, row) => Number(row % 10 === 1));
  const isWrong = labels.map((_, row) => Number(row % (isSlice[row] === 1 ? 20 : 40) === 1));
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splitCodes: new Uint8Array(n).fill(1),
    splits: ['training', 'validation'],
    labels,
    predicted: labels.map((label, row) => label ^ isWrong[row]!),
    losses: Float32Array.from(isWrong, (wrong) => 0.5 + 4 * wrong),
    history: [],
    spaces: [],
    metadata: [],
  };
  const { population: drawn, errorChances, expectLosses } = drawOutcomes(population, isSlice, 0);
  // Every second sample of the slice is wrong, and of the other dogs none; cats are right.
  expect([0, 1, 3].map((row) => errorChances[row])).toEqual([0, 0.5, 0]);
  expect([0, 1, 3].map((row) => expectLosses(2.5)[row])).toEqual([0.5, 1.5, 0.5]);
  const slice = [...labels.keys()].filter((row) => isSlice[row] === 1);
  const wrong = slice.filter((row) => drawn.predicted![row] !== labels[row]);
  expect(wrong.length / slice.length).toBeCloseTo(0.5, 1);
  expect(wrong.every((row) => drawn.losses![row] === 4.5)).toBe(true);
  expect(wrong.some((row) => isWrong[row] === 0)).toBe(true);
});
