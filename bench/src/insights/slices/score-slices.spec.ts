import { newcombeInterval } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel';
import { expect, it } from 'vitest';
import { agrees } from './score-slices.js';

it('two intervals of one difference agree in about 95 %, and seldom if one is of another difference', () => {
  const random = seededRandom(4);
  const draw = (n: number, rate: number) => ({
    trials: n,
    successes: Array.from({ length: n }, random).filter((value) => value < rate).length,
  });
  const estimate = (n: number, rate: number) => {
    const [inside, outside] = [draw(n, rate), draw(10 * n, 0.1)];
    return {
      difference: inside.successes / inside.trials - outside.successes / outside.trials,
      interval: newcombeInterval(inside, outside),
    };
  };
  const count = (rate: number): number =>
    Array.from({ length: 1000 }, () => agrees(estimate(50, 0.4), estimate(150, rate))).filter(Boolean).length;
  // Five standard deviations of 1,000 draws around 95 %.
  expect(Math.abs(count(0.4) - 950)).toBeLessThan(35);
  expect(count(0.8)).toBeLessThan(50);
});
