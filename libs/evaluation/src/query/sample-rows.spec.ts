import { describe, expect, it } from 'vitest';
import { sampleRows } from './sample-rows.js';

const ROWS = Uint32Array.from({ length: 10_000 }, (_, row) => 3 * row);

describe('a sample of rows', () => {
  it('has exactly the number of distinct rows, rising, and all rows where there are no more', () => {
    for (const max of [1, 2, 1000, 9_999]) {
      const sample = sampleRows(ROWS, max, 7);
      expect(new Set(sample).size).toBe(max);
      expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
      expect(sample.every((row) => row % 3 === 0)).toBe(true);
    }
    expect(sampleRows(ROWS, 10_000, 7)).toBe(ROWS);
    expect(sampleRows(new Uint32Array(), 5, 7)).toEqual(new Uint32Array());
  });

  it('is the same for the same seed and another one for another seed', () => {
    expect(sampleRows(ROWS, 500, 1)).toEqual(sampleRows(ROWS, 500, 1));
    const other = new Set(sampleRows(ROWS, 500, 2));
    // Two samples of 500 of 10,000 share 25 rows on average, with a standard deviation of 4.8.
    expect(sampleRows(ROWS, 500, 1).filter((row) => other.has(row)).length).toBeLessThan(50);
  });

  it('stays where a filter removes other rows', () => {
    const sample = sampleRows(ROWS, 500, 3);
    const rest = ROWS.filter((_, i) => i % 2 === 0);
    const narrow = new Set(sampleRows(rest, 500, 3));
    const expected = sample.filter((row) => (row / 3) % 2 === 0);
    expect(expected.length).toBeGreaterThan(200);
    expect(expected.every((row) => narrow.has(row))).toBe(true);
  });

  it('takes each tenth of the rows as often as the others', () => {
    // Chi-squared with 9 degrees of freedom is above 27.88 with a probability of 0.001; 20 seeds.
    const high = Array.from({ length: 20 }, (_, seed) => {
      const counts = new Float64Array(10);
      for (const row of sampleRows(ROWS, 1_000, seed)) counts[Math.floor(row / 3_000)]!++;
      return counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0);
    }).filter((statistic) => statistic > 27.88);
    expect(high).toEqual([]);
  });
});
