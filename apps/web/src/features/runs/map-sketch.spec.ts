import { describe, expect, it } from 'vitest';
import { layOutSketch } from './map-sketch.js';

const frame = { width: 112, height: 62 };

describe('sketch of a map', () => {
  it('fits the dots into the frame with one scale for both axes, and turns up', () => {
    const dots = layOutSketch(
      { x: Float32Array.of(0, 4), y: Float32Array.of(0, 2), loss: undefined, total: 2 },
      frame,
    );
    // 50 pixels for a height of 2, so 100 for a width of 4.
    expect(dots).toEqual([
      { x: 6, y: 56, rank: -1 },
      { x: 106, y: 6, rank: -1 },
    ]);
  });

  it('draws the highest losses last', () => {
    const dots = layOutSketch(
      { x: Float32Array.of(0, 1, 2), y: new Float32Array(3), loss: Float32Array.of(5, NaN, 1), total: 3 },
      frame,
    );
    expect(dots.map(({ rank }) => rank)).toEqual([-1, 0.5, 1]);
    expect(dots.at(-1)!.x).toBeCloseTo(6);
  });

  it('takes no more dots than the frame has pixels', () => {
    const all = new Float32Array(10_000);
    expect(layOutSketch({ x: all, y: all, loss: all, total: 10_000 }, frame)).toHaveLength(112 * 62);
  });

  it('puts a single dot in the middle, and draws no dot of an empty map', () => {
    const one = { x: Float32Array.of(3), y: Float32Array.of(-7), loss: undefined, total: 1 };
    expect(layOutSketch(one, frame)).toEqual([{ x: 56, y: 31, rank: -1 }]);
    expect(layOutSketch({ ...one, x: new Float32Array(), y: new Float32Array() }, frame)).toEqual([]);
  });
});
