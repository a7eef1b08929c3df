import { describe, expect, it } from 'vitest';
import { FIT, moved, zoomed } from './zoom.js';

const frame = { width: 400, height: 300 };

describe('zoom', () => {
  it('holds the point under the pointer', () => {
    const at = { x: 100, y: -50 };
    const { scale, x, y } = zoomed(FIT, 3, at, frame);
    // The point of the picture that lay at `at` lies there still: at = picture · scale + offset.
    expect({ x: at.x * scale + x, y: at.y * scale + y }).toEqual(at);
  });

  it('never leaves the fit or a hole next to the picture', () => {
    expect(zoomed(FIT, 0.1, { x: 9, y: 9 }, frame)).toEqual(FIT);
    expect(moved(FIT, 50, 50, frame)).toEqual(FIT);
    expect(moved(zoomed(FIT, 2, { x: 0, y: 0 }, frame), 1_000, -1_000, frame)).toEqual({
      scale: 2,
      x: 200,
      y: -150,
    });
    expect(zoomed(FIT, 1e9, { x: 0, y: 0 }, frame).scale).toBe(64);
  });
});
