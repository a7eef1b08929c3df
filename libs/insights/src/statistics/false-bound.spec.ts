import { permutation, seededRandom } from '@noema/kernel/random';
import { expect, it } from 'vitest';
import { boundFalse, listCuts } from './false-bound.js';

it('cuts grow', () => {
  expect(listCuts(3)).toEqual([0, 1, 2, 3]);
  expect(listCuts(40)).toEqual([...Array(16).keys(), 16, 20, 25, 31, 38]);
});

it('one bound is the quantile of the geometric distribution', () => {
  // More than v of them before the first calibration sample: ½^(v + 1) ≤ 0.05 from v = 4 on.
  expect(boundFalse(1e6, 1e6, [0], 0.05)).toEqual([4]);
  // scipy.stats.nbinom.ppf(0.95, 3, 0.25)
  expect(boundFalse(1e6, 3e6, [2], 0.05)).toEqual([20]);
});

it.each([
  [60, 60],
  [40, 200],
  [200, 40],
])('bounds for %i calibration and %i tested samples hold together in 19 of 20 cases', (n, tested) => {
  const cuts = listCuts(20);
  const bounds = boundFalse(n, tested, cuts, 0.05);
  let broken = 0;
  for (let seed = 0; seed < 2000; seed++) {
    const before = [0];
    for (const at of permutation(n + tested, seededRandom(seed)))
      if (at < n) before.push(before.at(-1)!);
      else before[before.length - 1]!++;
    broken += Number(cuts.some((k, at) => before[k]! > bounds[at]!));
  }
  expect(broken / 2000).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 2000));
});
