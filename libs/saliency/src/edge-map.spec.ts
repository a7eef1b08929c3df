import { expect, it } from 'vitest';
import { edgeMap, featureMap } from './index.js';

it('of a slope is its steepness, of a flat picture nothing', () => {
  const slope = featureMap(
    Float32Array.from(
      { length: 60 },
      (_, i) => (i % 2 === 0 ? 3 : 1) * ((i >> 1) % 6) + 4 * Math.floor(i / 12),
    ),
    { height: 5, width: 6, channels: 2 },
    'hwc',
  );
  // Away from the border: 3 and 1 across in the two channels, 4 down in both.
  expect(edgeMap(slope).data[2 * 6 + 3]).toBeCloseTo(Math.sqrt(3 ** 2 + 1 ** 2 + 2 * 4 ** 2), 5);
  expect([
    ...edgeMap(featureMap(new Float32Array(9).fill(7), { height: 3, width: 3, channels: 1 }, 'chw')).data,
  ]).toEqual(new Array(9).fill(0));
});

it('is highest next to a step, in a series too', () => {
  const { data } = edgeMap(
    featureMap(Float32Array.of(0, 0, 0, 1, 1, 1), { height: 1, width: 6, channels: 1 }, 'hwc'),
  );
  expect([...data]).toEqual([0, 0, 0.5, 0.5, 0, 0]);
});
