import { expect, it } from 'vitest';
import type { Exported } from './exported-population.js';
import { independentFigures } from './independent-figures.js';

/** A map that is the space itself is perfect; a shuffled one is not. */
const random = (seed: number) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const draw = random(7);
const x = Float32Array.from({ length: 200 }, draw);
const y = Float32Array.from({ length: 200 }, draw);
const perfect: Exported = {
  rows: 200,
  label: Array.from(x, (v) => (v < 0.5 ? 'left' : 'right')),
  predicted: [],
  split: [],
  loss: new Float32Array(200),
  x,
  y,
  dimensions: 2,
  vectors: Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? x[i / 2]! : y[(i - 1) / 2]!)),
};

it('gives 1 to a map that is the space itself', () => {
  expect(independentFigures(perfect)).toMatchObject({ trustworthiness: 1, continuity: 1, knnOverlap: 1 });
});
it('gives about a half to a map that has nothing to do with the space', () => {
  const shuffled = {
    ...perfect,
    x: Float32Array.from(x).reverse(),
    y: Float32Array.from(y, (_, i) => y[(i * 77) % 200]!),
  };
  const figures = independentFigures(shuffled);
  expect(figures.trustworthiness).toBeGreaterThan(0.4);
  expect(figures.trustworthiness).toBeLessThan(0.6);
});
