import { describe, expect, it } from 'vitest';
import { linearAxis, linearTicks, logAxis, logTicks } from './axis.js';

describe('axes', () => {
  it('marks round numbers', () => {
    expect(linearTicks(0, 0.23)).toEqual([0, 0.05, 0.1, 0.15, 0.2]);
    expect(linearTicks(1, 5, { whole: true })).toEqual([1, 2, 3, 4, 5]);
    expect(linearTicks(1, 2, { whole: true })).toEqual([1, 2]);
    expect(linearTicks(1, 1_000, { whole: true })).toEqual([200, 400, 600, 800, 1_000]);
    expect(linearTicks(3, 3)).toEqual([3]);
  });

  it('marks powers of ten, and what lies between where there are few', () => {
    expect(logTicks(0.001, 10)).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(logTicks(0.05, 0.25)).toEqual([0.05, 0.1, 0.2]);
    expect(logTicks(0.11, 0.13).length).toBeGreaterThanOrEqual(2);
    expect(logTicks(1e-12, 1).length).toBeLessThanOrEqual(6);
  });

  it('puts what is beyond an axis at its ends, and zero at the beginning of a logarithmic one', () => {
    expect([-5, 0, 5, 10, 20].map(linearAxis([0, 10], [100, 0]).at)).toEqual([100, 100, 50, 0, 0]);
    const log = logAxis([0.01, 1], [0, 100]);
    expect([0, -3, 0.01, 0.1, 1].map((value) => Math.round(log.at(value)))).toEqual([0, 0, 0, 50, 100]);
  });
});
