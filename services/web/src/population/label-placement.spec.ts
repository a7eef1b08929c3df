import { expect, it } from 'vitest';
import { maskOf } from './bit-mask.js';
import { labelsOf, placeLabels } from './label-placement.js';

it('names stand at the median of their points, so that one far away does not draw them along', () => {
  const labels = labelsOf({ name: 'true_class', kind: 'code', names: ['a', 'b', 'rare'], missing: 255, values: Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 2, 255) },
    { x: Float32Array.of(0, 1, 100, 5, 5, 6, 7, 9, 0), y: Float32Array.of(2, 2, 90, 1, 1, 1, 1, 9, 0) });
  expect(labels).toEqual([{ code: 1, name: 'b', count: 4, x: 6, y: 1, z: 0 }, { code: 0, name: 'a', count: 3, x: 1, y: 2, z: 0 }]);
});

it('labels do not cover each other, the first wins, and those outside are left out', () => {
  const box = (code: number, left: number, top: number) => ({ code, left, top, width: 20, height: 10 });
  expect(placeLabels([box(0, 10, 10), box(1, 25, 15), box(2, 10, 30), box(3, 500, 10)], 100, 100).map((b) => b.code)).toEqual([0, 2]);
});

it('only what is shown has a name', () => {
  const column = { name: 'true_class', kind: 'code' as const, names: ['a', 'b'], missing: 255, values: Uint8Array.of(0, 0, 0, 1, 1, 1) };
  const place = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect(labelsOf(column, { x: place, y: place, shown: maskOf(6, [0, 3, 4, 5]) }).map(({ name }) => name)).toEqual(['b']);
});
