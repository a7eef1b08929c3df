import { expect, it } from 'vitest';
import { fitPareto, fitTail } from './tail-p-values.js';

it('the tail of a Pareto distribution continues', () => {
  for (const shape of [0, 0.3]) {
    const quantile = (p: number): number => (shape === 0 ? -Math.log(p) : (p ** -shape - 1) / shape);
    const excesses = Float64Array.from({ length: 2000 }, (_, at) => quantile(1 - (at + 0.5) / 2000));
    const survival = fitPareto(excesses)!;
    for (const p of [0.5, 0.01, 1e-5])
      expect(Math.log(survival(quantile(p))) / Math.log(p)).toBeCloseTo(1, 1);
  }
  expect(fitPareto(new Float64Array(20))).toBeUndefined();
});

it('p-values are shares up to the highest tenth, and fall beyond it', () => {
  const { ofNew, ofOwn } = fitTail(Float64Array.from({ length: 100 }, (_, at) => at))!;
  expect(ofNew(50)).toBe(51 / 101);
  expect(ofOwn(50)).toBe(50 / 101);
  expect(ofNew(98)).toBeGreaterThan(ofNew(99));
  expect(ofNew(99)).toBe(ofOwn(99));
  expect(ofNew(200)).toBeLessThan(ofNew(120));
  expect(fitTail(Float64Array.of(NaN))).toBeUndefined();
  expect(fitTail(Float64Array.of(1, 1, 1))!.ofNew(5)).toBe(1 / 4);
});
