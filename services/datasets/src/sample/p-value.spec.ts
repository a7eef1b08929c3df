import { describe, expect, it } from 'vitest';
import { chiSquaredPValue, kolmogorovSmirnovPValue } from './p-value.js';

describe('the chance of a Kolmogorov-Smirnov statistic', () => {
  // n1 = n2 = 2 makes the argument of Kolmogorov's distribution d itself. Values of scipy.special.kolmogorov;
  // 1.3581 and 1.6276 are the tabled quantiles of 5 % and 1 %.
  it.each([
    [0.3, 0.9999906941986655],
    [0.5, 0.9639452436648751],
    [1, 0.26999967167735456],
    [1.3580986393225505, 0.05],
    [1.6276236115189503, 0.01],
    [2, 0.0006709252557796953],
    [3, 3.0459959489425258e-8],
  ])('%f is %f', (x, p) => {
    expect(Math.abs(kolmogorovSmirnovPValue(x, 2, 2) / p - 1)).toBeLessThan(1e-9);
  });
  it('joins its two series without a step, falls, and is a chance', () => {
    let last = 1;
    for (let x = 0; x < 4; x += 0.001) {
      const p = kolmogorovSmirnovPValue(x, 2, 2);
      expect(p).toBeLessThanOrEqual(last + 1e-14);
      last = p;
    }
    expect(
      kolmogorovSmirnovPValue(1.18 - 1e-9, 2, 2) - kolmogorovSmirnovPValue(1.18 + 1e-9, 2, 2),
    ).toBeLessThan(1e-8);
    expect(kolmogorovSmirnovPValue(0, 5, 5)).toBe(1);
    expect(kolmogorovSmirnovPValue(1, 0, 5)).toBe(1);
    expect(kolmogorovSmirnovPValue(1, 1e6, 1e6)).toBe(0);
  });
});

describe('the chance of a χ²', () => {
  // Tabled quantiles of 5 % and 0.1 %.
  it.each([
    [3.841458820694124, 1, 0.05],
    [18.307038053275146, 10, 0.05],
    [16.918977604620448, 9, 0.05],
    [10.827566170662733, 1, 0.001],
    [124.34211340400407, 100, 0.05],
  ])('%f with %i degrees is %f', (x, degrees, p) => {
    expect(Math.abs(chiSquaredPValue(x, degrees) / p - 1)).toBeLessThan(1e-9);
  });
  it('with an even number of degrees is a sum of Poisson terms', () => {
    for (const degrees of [2, 4, 10, 60, 400]) {
      for (const x of [0.1, 1, degrees / 2, degrees, degrees * 1.3, degrees * 2]) {
        let [term, sum] = [1, 1];
        for (let i = 1; i < degrees / 2; i++) sum += term *= x / 2 / i;
        expect(
          Math.abs(chiSquaredPValue(x, degrees) - sum * Math.exp(-x / 2)),
          `${x} of ${degrees}`,
        ).toBeLessThan(1e-12);
      }
    }
  });
  it('is that of a normal variable for very many degrees', () => {
    // By the cube root of Wilson and Hilferty, (x/k)^(1/3) is nearly normal: at its mean the chance is one
    // half.
    const k = 1_000_000;
    expect(chiSquaredPValue(k * (1 - 2 / (9 * k)) ** 3, k)).toBeCloseTo(0.5, 5);
    expect(chiSquaredPValue(0, 5)).toBe(1);
    expect(chiSquaredPValue(5, 0)).toBe(1);
    expect(chiSquaredPValue(1e5, 3)).toBe(0);
  });
});
