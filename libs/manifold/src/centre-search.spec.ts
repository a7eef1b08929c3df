import { expect, it } from 'vitest';
import { CentreSearch } from './centre-search.js';
import { drawn } from './clusters.fixture.js';
import { points } from './index.js';

const cloud = drawn(500, 12, 8);

it.each([
  ['one', cloud, [3]],
  ['seven', cloud, [0, 9, 40, 99, 170, 230, 499]],
  ['twice the same', cloud, [7, 7, 0]],
  [
    'tiny',
    points(
      cloud.data.map((x) => x * 1e-38),
      12,
    ),
    [0, 9, 40],
  ],
  [
    'huge',
    points(
      cloud.data.map((x) => x * 1e37),
      12,
    ),
    [0, 9, 40],
  ],
  [
    'far from the origin',
    points(
      cloud.data.map((x) => 4_096 + x / 64),
      12,
    ),
    [0, 9, 40, 99],
  ],
] as const)(
  'the nearest of some centres is that of comparing all in float64, of equally near ones the first: %s',
  (_, { data, n, d }, chosen) => {
    // Between points, so that many are equally near to two but for the last digits.
    const centres = Float64Array.from(
      chosen.flatMap((i) => Array.from(data.subarray(i * d, (i + 1) * d), (x, c) => (x + data[c]!) / 2)),
    );
    const found = new CentreSearch({ data, n, d }, chosen.length).assign(centres);
    for (let i = 0; i < n; i++) {
      const squares = chosen.map((__, k) =>
        centres
          .subarray(k * d, (k + 1) * d)
          .reduce((sum, centre, c) => sum + (data[i * d + c]! - centre) ** 2, 0),
      );
      expect(found[i]).toBe(squares.indexOf(Math.min(...squares)));
    }
  },
);
