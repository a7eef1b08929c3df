import { describe, expect, it } from 'vitest';
import { seededRandom } from './index.js';
import { sortedRows } from './sorted-rows.js';

describe('sortedRows', () => {
  it('orders as a stable comparison does', () => {
    const random = seededRandom(4);
    const values = Float64Array.from({ length: 5000 }, (_, i) =>
      i % 3 === 0
        ? Math.round(random() * 20 - 10)
        : (random() - 0.5) * 10 ** Math.round(random() * 300 - 150),
    );
    const expected = Array.from(values, (_, row) => row).sort((a, b) => values[a]! - values[b]! || a - b);
    expect([...sortedRows(values)]).toEqual(expected);
    expect([...sortedRows(Float32Array.of(1, -Infinity, -0, Infinity, 0))]).toEqual([1, 2, 4, 0, 3]);
    expect(sortedRows(new Float64Array())).toHaveLength(0);
  });
});
