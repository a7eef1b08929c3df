import { points } from '@noema/manifold';
import { expect, it } from 'vitest';
import { InnerFrame } from './inner.frame.js';

const cloud = points(
  Float32Array.from({ length: 60 }, (_, i) => 40 + 9 * Math.sin(i * i)),
  3,
);

it('orders by inner products as by distances', () => {
  const frame = new InnerFrame(cloud);
  const [rows, queries] = [frame.rows(0, 20), frame.queries(cloud, 0, 20)];
  const order = (value: (row: number) => number): number[] =>
    Array.from({ length: 20 }, (_, row) => row).sort((a, b) => value(a) - value(b));
  const product = (q: number, row: number): number =>
    [0, 1, 2, 3].reduce((sum, c) => sum + queries[q * 4 + c]! * rows[row * 4 + c]!, 0);
  const distance = (q: number, row: number): number =>
    Math.hypot(...[0, 1, 2].map((c) => cloud.data[q * 3 + c]! - cloud.data[row * 3 + c]!));
  for (let q = 0; q < 20; q++)
    expect(order((row) => -product(q, row))).toEqual(order((row) => distance(q, row)));
});

it('gives any part of the rows', () => {
  const frame = new InnerFrame(cloud);
  expect(frame.rows(5, 9)).toEqual(frame.rows(0, 20).slice(5 * frame.dimensions, 9 * frame.dimensions));
});
