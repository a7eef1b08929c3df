import { expect, it } from 'vitest';
import { spreadOrder } from '../../../api/spread-order.js';
import { byPoint, type Coordinates, PreviewDots } from './preview-dots.js';

const map = (...x: number[]): Coordinates => ({ x: Float32Array.from(x), y: new Float32Array(x.length) });

/** Records the calls of a plot: which places, and how long the way there takes. */
function plotted() {
  const told: [x: number[], ms: number][] = [];
  const plot = {
    count: 0,
    append(x: Float32Array) {
      plot.count = x.length;
      told.push([[...x], 0]);
    },
    moveTo({ x }: { readonly x: Float32Array }, ms: number) {
      told.push([[...x], ms]);
      return Promise.resolve();
    },
  };
  return { told, dots: new PreviewDots(plot, () => 900) };
}

it('glides from one map so far to the next, by point where their order is known', async () => {
  const { told, dots } = plotted();
  const order = spreadOrder(5, 3);
  await dots.show(map(0, 10, 20, 30, 40), order);
  await dots.show(map(1, 11, 21, 31, 41), order);
  expect(told).toEqual([
    [[0, 30, 10, 40, 20], 0],
    [[1, 31, 11, 41, 21], 900],
  ]);
});

it('lets dots change places unseen once their order is known, and only once', async () => {
  const { told, dots } = plotted();
  const order = spreadOrder(5, 3);
  await dots.show(map(0, 10, 20, 30, 40), undefined);
  await dots.show(map(1, 11, 21, 31, 41), undefined);
  dots.sort(undefined);
  dots.sort(order);
  dots.sort(order);
  expect(told).toEqual([
    [[0, 10, 20, 30, 40], 0],
    [[1, 11, 21, 31, 41], 900],
    [[1, 31, 11, 41, 21], 0],
  ]);
});

it('puts coordinates into the order in which points are drawn', () => {
  const rows = { x: Float32Array.of(0, 10, 20, 30, 40), y: Float32Array.of(0, 1, 2, 3, 4) };
  const order = spreadOrder(5, 3);
  expect([...byPoint(rows, order).x]).toEqual([0, 30, 10, 40, 20]);
  expect([...byPoint(rows, order).y].map((row) => order.toPoint(row))).toEqual([0, 1, 2, 3, 4]);
});
