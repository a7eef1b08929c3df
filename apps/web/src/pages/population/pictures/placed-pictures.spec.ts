import { expect, it } from 'vitest';
import { toMask } from '../points/bit-mask.js';
import { Places } from './places.js';
import {
  neighborByKey,
  onFewSheets,
  type Pictures,
  picturesAtDots,
  picturesOfCells,
} from './placed-pictures.js';

const SIZE = { width: 400, height: 200 };
const LIMITS = { sizes: [40, 60], pictures: 10, inView: 20 } as const;
/** One unit of the data is one pixel; y points up. */
const plot = { project: ({ x, y }: { x: number; y: number }) => ({ x, y: 200 - y }) };
const at = (...places: readonly (readonly [number, number])[]): Places =>
  new Places(plot, {
    x: Float32Array.from(places, ([x]) => x),
    y: Float32Array.from(places, ([, y]) => 200 - y),
    z: undefined,
  });
function run(steps: Generator<undefined, Pictures, void>): Pictures {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
const listPoints = ({ pictures }: Pictures): number[] => pictures.map(({ point }) => point);

it('shows the samples in view, and of two that overlap the one of the higher rank', () => {
  const places = at([50, 50], [60, 60], [300, 100], [500, 100], [NaN, 20]);
  const rank = Float32Array.of(1, 2, NaN, 9, 9);
  const found = run(picturesAtDots(places, SIZE, { mask: undefined, rank }, LIMITS));
  expect(listPoints(found)).toEqual([1, 2]);
  expect(found).toMatchObject({ of: 3, size: 60 });
  const filtered = { mask: toMask([0, 3], 5), rank };
  expect(listPoints(run(picturesAtDots(places, SIZE, filtered, LIMITS)))).toEqual([0]);
});

it('shows none where too many samples are in view', () => {
  const crowd = at(...Array.from({ length: 21 }, (_, i) => [i * 19, 100] as const));
  const all = { mask: undefined, rank: undefined };
  expect(run(picturesAtDots(crowd, SIZE, all, LIMITS))).toMatchObject({ pictures: [], of: 0 });
  const few = run(picturesAtDots(crowd, SIZE, all, { ...LIMITS, inView: 21 }));
  expect(few.of).toBe(21);
  expect(few.pictures.length).toBeLessThanOrEqual(10);
});

it('takes the sample nearest to the middle of a cell, or the one of the highest rank', () => {
  const places = at([10, 10], [49, 51], [90, 90], [150, 40], [399, 199]);
  const limits = { sizes: [100, 100], pictures: 100, inView: 0 } as const;
  const near = run(picturesOfCells(places, SIZE, { mask: undefined, rank: undefined }, limits));
  expect(listPoints(near)).toEqual([1, 3, 4]);
  expect(near.pictures[0]).toMatchObject({ column: 0, line: 0, dx: 1, dy: -1 });
  expect(near.pictures[2]).toMatchObject({ column: 3, line: 1 });
  const rank = Float32Array.of(3, 1, NaN, NaN, 0);
  expect(listPoints(run(picturesOfCells(places, SIZE, { mask: undefined, rank }, limits)))).toEqual([
    0, 3, 4,
  ]);
});

it('has no more cells than pictures are allowed', () => {
  const everywhere = at(...Array.from({ length: 800 }, (_, i) => [(i % 40) * 10, (i / 40) * 10] as const));
  const limits = { sizes: [10, 10], pictures: 30, inView: 0 } as const;
  const { pictures } = run(picturesOfCells(everywhere, SIZE, { mask: undefined, rank: undefined }, limits));
  expect(pictures.length).toBeGreaterThan(15);
  expect(pictures.length).toBeLessThanOrEqual(30);
});

it('keeps the first sheets', () => {
  const places = at([0, 0], [100, 0], [200, 0], [300, 0]);
  const all = run(picturesAtDots(places, SIZE, { mask: undefined, rank: undefined }, LIMITS));
  expect(listPoints(onFewSheets(all, (point) => ['a', 'b', 'c', 'a'][point]!, 2))).toEqual([0, 1, 3]);
});

it('leads from cell to cell by arrow keys, over empty ones', () => {
  const cell = (column: number, line: number) => ({ point: 0, dx: 0, dy: 0, column, line });
  const cells = [cell(0, 0), cell(3, 0), cell(0, 1), cell(2, 2)];
  expect(neighborByKey(cells, 0, 'ArrowRight')).toBe(1);
  expect(neighborByKey(cells, 1, 'ArrowRight')).toBe(1);
  expect(neighborByKey(cells, 0, 'ArrowDown')).toBe(2);
  expect(neighborByKey(cells, 3, 'ArrowUp')).toBe(1);
  expect(neighborByKey(cells, 3, 'End')).toBe(3);
  expect(neighborByKey(cells, 0, 'x')).toBeUndefined();
});
