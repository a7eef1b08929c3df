import { describe, expect, it } from 'vitest';
import { crowdOpacity, sizeFactor } from './appearance.js';
import { easeInOut } from './easing.js';
import { densityRamp } from './palette.js';

const SIZE = { width: 1000, height: 800 };

describe('points', () => {
  it('shrink softly as they get more and grow softly with the zoom', () => {
    const factors = [1e3, 1e4, 1e5, 1e6].map((count) => sizeFactor(count, SIZE, 1));
    expect(factors).toEqual([...factors].sort((a, b) => b - a));
    expect(factors.at(-1)).toBe(0.4);
    expect(sizeFactor(1e4, SIZE, 8) / sizeFactor(1e4, SIZE, 1)).toBeLessThan(4);
    expect(sizeFactor(1e4, SIZE, 8)).toBeGreaterThan(sizeFactor(1e4, SIZE, 2));
  });

  it('grow translucent where they crowd and solid again on zooming in', () => {
    expect(crowdOpacity(100, SIZE, 1, 5)).toBe(0.9);
    expect(crowdOpacity(100_000, SIZE, 1, 5)).toBeCloseTo((0.35 * 8) / (Math.PI * 6.25), 6);
    expect(crowdOpacity(100_000, SIZE, 4, 5)).toBe(0.9);
    expect(crowdOpacity(1e8, SIZE, 1, 5)).toBe(0.12);
  });
});

describe('easeInOut', () => {
  it('starts and ends at rest, is half way at half time and stays within', () => {
    expect([0, 0.5, 1, -3, 7].map(easeInOut)).toEqual([0, 0.5, 1, 0, 1]);
    expect(easeInOut(0.01)).toBeLessThan(0.001);
  });
});

describe('densityRamp', () => {
  it.each([true, false])('goes one way in lightness (dark background: %s)', (dark) => {
    const ramp = densityRamp(dark);
    const lightness = Array.from(
      { length: 256 },
      (_, i) => 0.2126 * ramp[4 * i]! + 0.7152 * ramp[4 * i + 1]! + 0.0722 * ramp[4 * i + 2]!,
    );
    for (let i = 1; i < 256; i++)
      expect((lightness[i]! - lightness[i - 1]!) * (dark ? 1 : -1)).toBeGreaterThan(-0.51);
  });
});
