import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { drawMap } from './map.picture.js';
import { rasterMap } from './map.raster.js';
import type { MapData } from './map-layout.js';
import { lossShare } from './palette.js';

const data: MapData = {
  x: Float32Array.of(0, 1, 2, 3),
  y: Float32Array.of(0, 1, 0, 1),
  loss: Float32Array.of(0.0001, 0.01, 0.5, 8),
  label: Int32Array.of(0, 1, 0, 1),
  predicted: Int32Array.of(0, 1, 1, 1),
  classNames: ['<cat>', 'dog'],
};
const picture = (colorBy: 'loss' | 'label') =>
  drawMap({ data, colorBy, title: 'T & t', below: 'b', footer: 'f' });
const dots = (svg: string): number => svg.match(/M[\d.]+ [\d.]+h0/g)!.length;

it('draws one dot a sample, and a ring around the misclassified one of a label map', () => {
  expect(dots(picture('loss'))).toBe(4);
  expect(dots(picture('label'))).toBe(5);
});
it('draws the highest loss last, on top', () => {
  const paths = picture('loss').match(/<path [^>]*>/g)!;
  const width = (path: string) => Number(/stroke-width="([\d.]+)"/.exec(path)![1]);
  expect(width(paths.at(-1)!)).toBe(Math.max(...paths.map(width)));
});
it('escapes names that come from users', () => {
  expect(picture('label')).toContain('&lt;cat&gt;');
  expect(picture('label')).toContain('T &amp; t');
  expect(picture('label')).not.toContain('<cat>');
});
it('puts losses on a logarithmic scale', () => {
  expect([0, 0.001, 0.1, 10].map((loss) => lossShare(loss, 10))).toEqual([0, 0, 0.5, 1]);
});
it('makes a PNG with something on it', () => {
  const { width, data: pixels } = decode(rasterMap(data, 'loss'));
  expect(width).toBe(1560);
  expect(new Set(pixels).size).toBeGreaterThan(20);
});
