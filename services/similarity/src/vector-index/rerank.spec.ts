import { seededRandom } from '@noema/kernel';
import { points } from '@noema/manifold';
import { expect, it } from 'vitest';
import { rerank } from './rerank.js';

const d = 37;
const random = seededRandom(5);
const cloud = points(
  Float32Array.from({ length: 60 * d }, () => Math.round(8 * random())),
  d,
);
const computeGap = (q: number, row: number): number =>
  Math.hypot(...Array.from({ length: d }, (_, c) => cloud.data[q * d + c]! - cloud.data[row * d + c]!));

it.each([1, 3, 4, 9, 22, 60])(
  'gives the nearest of %d candidates in any order, ties by row, and none that is out, itself or not allowed',
  (reach) => {
    const allowed = Uint8Array.from({ length: 60 }, (_, row) => (row % 7 === 3 ? 0 : 1));
    const candidates = Int32Array.from(
      { length: 2 * reach },
      (_, i) => [(i * 17) % 60, -1, 60 + i][i % 9 === 4 ? 1 : i % 11 === 5 ? 2 : 0]!,
    );
    const found = { m: 3, k: 5, rows: new Int32Array(15).fill(99), distances: new Float32Array(15) };
    rerank(cloud, cloud, { reach, rows: candidates }, found, 1, { firstRow: 0, allowed });
    for (const q of [1, 2]) {
      const mine = candidates
        .subarray((q - 1) * reach, q * reach)
        .filter((row) => row >= 0 && row < 60 && row !== q && allowed[row] === 1);
      const sorted = Array.from(mine)
        .sort((a, b) => computeGap(q, a) - computeGap(q, b) || a - b)
        .slice(0, 5);
      const padded = [...sorted, ...new Array<number>(5 - sorted.length).fill(-1)];
      expect(Array.from(found.rows.subarray(q * 5, q * 5 + 5))).toEqual(padded);
      expect(Array.from(found.distances.subarray(q * 5, q * 5 + 5))).toEqual(
        padded.map((row) => (row < 0 ? Infinity : Math.fround(computeGap(q, row)))),
      );
    }
    expect(Array.from(found.rows.subarray(0, 5))).toEqual([99, 99, 99, 99, 99]);
  },
);
