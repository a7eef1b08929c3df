import { expect, it } from 'vitest';
import { toGeometry, toPositions } from './geometry.js';

it.each<[string, number[], number, object]>([
  ['a picture', [28, 32, 3], 2, { height: 28, width: 32, channels: 3, mapDims: [28, 32] }],
  ['a picture without channels', [28, 32], 2, { height: 28, width: 32, channels: 1, mapDims: [28, 32] }],
  ['a series', [100, 4], 1, { height: 1, width: 100, channels: 4, mapDims: [100] }],
  ['features', [7], 2, { height: 1, width: 7, channels: 1, mapDims: [7] }],
  ['a film, frames as rows', [5, 6, 7, 3], 2, { height: 5, width: 6, channels: 21, mapDims: [5, 6] }],
])('%s', (_, dims, axes, geometry) => {
  expect(toGeometry(dims, axes)).toEqual(geometry);
});

it.each([
  [[6, 8], { height: 6, width: 8 }],
  [[9], { height: 1, width: 9 }],
  [[], { height: 1, width: 1 }],
])('positions %j of a layer', (dims, positions) => {
  expect(toPositions(dims)).toEqual(positions);
});
