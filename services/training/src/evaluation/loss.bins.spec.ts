import { describe, expect, it } from 'vitest';
import { countLosses, lossEdges } from './loss.bins.js';

describe('bins of the loss', () => {
  it('are equal in the logarithm, and no loss is lost', () => {
    const rising = Float64Array.from({ length: 500 }, (_, i) => 1e-4 * 1.03 ** i);
    const bins = countLosses(lossEdges(rising[0]!, rising[0]!, rising.at(-1)!), rising);
    expect(bins).toHaveLength(24);
    const widths = bins.map(({ low, high }) => Math.log(high / low));
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(1e-9);
    expect(bins.map(({ count }) => count)).toEqual(
      bins.map(({ low, high }, i) => rising.filter((one) => one >= low && (one < high || i === 23)).length),
    );
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(500);
  });
  it('begin at 0 when there is a loss of 0, and reach the smallest of a part', () => {
    const bins = countLosses(lossEdges(0, 1e-30, 2), [0, 0, 1e-30, 1, 2]);
    expect([bins.length, bins[0]!.low, bins[0]!.count, bins.at(-1)!.high, bins.at(-1)!.count]).toEqual([
      24, 0, 3, 2, 2,
    ]);
  });
  it('are equal in the loss when it may be negative', () => {
    const bins = countLosses(lossEdges(-1, Infinity, 0.2), [-1, -0.96, -0.9, 0.2]);
    expect(bins.map(({ low, high }) => high - low).every((width) => Math.abs(width - 0.05) < 1e-12)).toBe(
      true,
    );
    expect([bins[0]!.count, bins[2]!.count, bins[23]!.count]).toEqual([2, 1, 1]);
  });
  it('are one when all losses are the same, and none without losses', () => {
    expect(countLosses(lossEdges(3, 3, 3), [3, 3])).toEqual([{ low: 3, high: 3, count: 2 }]);
    expect(countLosses(lossEdges(Infinity, Infinity, -Infinity), [])).toEqual([]);
  });
});
