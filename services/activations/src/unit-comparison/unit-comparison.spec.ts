import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { UnitComparison } from './unit-comparison.js';

const UNITS = 5;
const ROWS = 311;
const random = seededRandom(8);
/** Units of very different size; the last one never changes. */
const responses = Float32Array.from({ length: ROWS * UNITS }, (_, i) =>
  i % UNITS === 4 ? 0.1 : 1000 * (i % UNITS) + random() * 3 ** (i % UNITS),
);
const isSelected = Uint8Array.from({ length: ROWS }, () => (random() < 0.2 ? 1 : 0));
for (let i = 0; i < ROWS; i++) if (isSelected[i] === 1) responses[i * UNITS + 2]! += 4;
const shift = responses.slice(0, UNITS);

/** Cohen's d through Welch's t and the textbook's sample variances, in two passes. */
function computeEffect(unit: number): { a: number; b: number; d: number } {
  const side = (which: number): number[] =>
    Array.from(isSelected.keys())
      .filter((row) => isSelected[row] === which)
      .map((row) => responses[row * UNITS + unit]!);
  const computeMean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
  const computeVariance = (x: readonly number[]): number =>
    x.reduce((sum, value) => sum + (value - computeMean(x)) ** 2, 0) / (x.length - 1);
  const [x, y] = [side(1), side(0)];
  const pooled =
    ((x.length - 1) * computeVariance(x) + (y.length - 1) * computeVariance(y)) / (x.length + y.length - 2);
  return { a: computeMean(x), b: computeMean(y), d: (computeMean(x) - computeMean(y)) / Math.sqrt(pooled) };
}

function compared(...cuts: number[]) {
  const comparison = new UnitComparison(shift);
  [0, ...cuts].forEach((from, i) => {
    const to = cuts[i] ?? ROWS;
    comparison.add(responses.subarray(from * UNITS, to * UNITS), isSelected.subarray(from, to));
  });
  return comparison.differences();
}

describe('units of some rows and of the rest', () => {
  it('differ by Cohen’s d, the largest first, however the rows are cut', () => {
    const found = compared(7, 8, 200);
    expect(found[0]!.column).toBe(2);
    expect(found.map(({ effect }) => Math.abs(effect))).toEqual(
      found.map(({ effect }) => Math.abs(effect)).sort((a, b) => b - a),
    );
    for (const { column, selectedMean, restMean, effect } of found.filter((unit) => unit.column !== 4)) {
      const { a, b, d } = computeEffect(column);
      expect(selectedMean).toBeCloseTo(a, 6);
      expect(restMean).toBeCloseTo(b, 6);
      expect(effect).toBeCloseTo(d, 6);
    }
    compared().forEach(({ column, effect }, i) => {
      expect([column, effect]).toEqual([found[i]!.column, expect.closeTo(found[i]!.effect, 9)]);
    });
  });

  it('match a worked example', () => {
    // Means 6 and 3, variances 2.5 each: d = 3 / √2.5.
    const comparison = new UnitComparison(Float32Array.of(0));
    comparison.add(
      Float32Array.of(4, 5, 6, 7, 8, 1, 2, 3, 4, 5),
      Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 0, 0, 0),
    );
    expect(comparison.differences()).toEqual([
      { column: 0, selectedMean: 6, restMean: 3, effect: expect.closeTo(1.8973666, 6) as number },
    ]);
  });

  it(
    'have no effect when the unit never changes, an infinite one when only the side matters, and are ' +
      'empty without a rest',
    () => {
      expect(compared().at(-1)).toMatchObject({ column: 4, effect: 0 });
      const alone = new UnitComparison(Float32Array.of(0.5));
      alone.add(Float32Array.of(0, 0, 2, 0), Uint8Array.of(0, 0, 1, 0));
      expect(alone.differences()[0]!.effect).toBe(Infinity);
      const all = new UnitComparison(Float32Array.of(0));
      all.add(Float32Array.of(1, 2), Uint8Array.of(1, 1));
      expect(all.differences()).toEqual([]);
      const pair = new UnitComparison(Float32Array.of(0));
      pair.add(Float32Array.of(1, 3), Uint8Array.of(1, 0));
      expect(pair.differences()[0]!.effect).toBe(-Infinity);
    },
  );
});
