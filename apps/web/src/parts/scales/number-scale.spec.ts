import { describe, expect, it } from 'vitest';
import { computeTicks, numberScale } from './number-scale.js';
import { findExtent } from './extent.js';

describe('a number scale', () => {
  it('gives back what it was given, on both kinds', () => {
    const extent = findExtent(Float32Array.of(0.001, 4, 100, NaN));
    for (const kind of ['linear', 'log'] as const) {
      const scale = numberScale(kind, extent);
      expect(scale.share(100)).toBe(1);
      for (const value of [0.001, 4, 100]) expect(scale.value(scale.share(value))).toBeCloseTo(value, 3);
    }
  });

  it('lays factors out in equal steps when logarithmic, and 0 at the low end', () => {
    const scale = numberScale('log', findExtent(Float32Array.of(0, 0.01, 1, 100)));
    expect(scale.share(1)).toBeCloseTo(0.5, 6);
    expect(scale.share(0)).toBe(0);
  });

  it('stands one value, none, and only zeros', () => {
    expect(numberScale('linear', findExtent(Float32Array.of(3))).share(3)).toBe(0);
    expect(numberScale('log', findExtent(Float32Array.of(3))).share(3)).toBe(1);
    expect(numberScale('log', findExtent(new Float32Array(2))).share(0)).toBe(0);
    expect(numberScale('log', findExtent(Float32Array.of(NaN))).low).toBeLessThan(1);
  });

  it('marks decades and round steps', () => {
    expect(
      computeTicks(numberScale('log', findExtent(Float32Array.of(0.002, 20)))).map((t) => t.text),
    ).toEqual(['0.01', '0.1', '1', '10']);
    expect(computeTicks(numberScale('linear', findExtent(Float32Array.of(0, 1)))).map((t) => t.text)).toEqual(
      ['0', '0.2', '0.4', '0.6', '0.8', '1'],
    );
  });
});
