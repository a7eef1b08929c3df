import { describe, expect, it } from 'vitest';
import { parseColumns, reference } from '../test/reference.js';
import { type Boxes, boxesFromEdges, boxOverlap, boxOverlaps } from './index.js';

describe('the overlap of boxes', () => {
  it('is intersection over union, and over the area of the first box for crowds', () => {
    const a = boxesFromEdges([0, 0, 4, 4, 10, 10, 12, 12]);
    const b = boxesFromEdges([2, 0, 6, 4, 4, 0, 8, 4, 0, 0, 8, 8]);
    expect(boxOverlaps(a, b)).toEqual(Float64Array.of(1 / 3, 0, 1 / 4, 0, 0, 0));
    expect(boxOverlaps(a, b, Uint8Array.of(1, 0, 1))).toEqual(Float64Array.of(1 / 2, 0, 1, 0, 0, 0));
  });

  it('is 0, not NaN, for boxes without area', () => {
    const point = boxesFromEdges([1, 1, 1, 1]);
    expect([...boxOverlaps(point, point), ...boxOverlaps(boxesFromEdges([0, 0, 2, 2]), point)]).toEqual([
      0, 0,
    ]);
    const turned = { ...point, angle: Float64Array.of(30) };
    expect([...boxOverlaps(turned, turned)]).toEqual([0]);
    expect(boxOverlaps(point, boxesFromEdges([]))).toHaveLength(0);
  });

  it("of rotated boxes is shapely's, in both orders", () => {
    const columns = parseColumns(reference.rotated.pairs, 10);
    const boxes = (from: number): Boxes => {
      const [x, y, width, height] = columns.slice(from, from + 4).map((column) => column.map((v) => v / 10));
      return { x: x!, y: y!, width: width!, height: height!, angle: columns[from + 4]! };
    };
    const [first, second] = [boxes(0), boxes(5)];
    const differences = reference.rotated.overlaps.map((expected, i) =>
      Math.max(
        Math.abs(boxOverlap(first, i, second, i) - expected),
        Math.abs(boxOverlap(second, i, first, i) - expected),
      ),
    );
    expect(reference.rotated.overlaps.filter((overlap) => overlap > 0).length).toBeGreaterThan(120);
    expect(Math.max(...differences)).toBeLessThan(1e-9);
  });
});
