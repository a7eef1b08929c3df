import { benjaminiYekutieli } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { expect, it } from 'vitest';
import { weightedBenjaminiYekutieli } from './weighted-fdr.js';

it('p-values are divided by weights of mean 1, and adjusted by 1 + 1/2 + 1/3', () => {
  const adjusted = weightedBenjaminiYekutieli([0.02, 0.01, 0.2], [4, 1, 1]);
  // 0.01 · 3/1, 0.02 · 3/2 and 0.4 · 3/3, times 11/6.
  [0.055, 0.055, 0.4 * (11 / 6)].forEach((value, at) => expect(adjusted[at]).toBeCloseTo(value, 12));
  const equal = [0.3, 0.001, 0.04];
  expect(weightedBenjaminiYekutieli(equal, [2, 2, 2])).toEqual(benjaminiYekutieli(equal));
  expect(weightedBenjaminiYekutieli([], [])).toEqual([]);
});

it('without effects, weights of other data reject in at most 10 % of 2,000 experiments', () => {
  let rejected = 0;
  for (let run = 0; run < 2000; run++) {
    const random = seededRandom(run, 32);
    const draws = Array.from({ length: 10 }, () => [random(), 0.1 + 5 * random()] as const);
    const adjusted = weightedBenjaminiYekutieli(
      draws.map(([p]) => p),
      draws.map(([, weight]) => weight),
    );
    rejected += Number(adjusted.some((value) => value <= 0.1));
  }
  expect(rejected / 2000).toBeLessThan(0.1);
});
