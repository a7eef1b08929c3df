import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { KdTree } from '../kd-tree.js';
import { points, type Points, squaresFrom } from '../points.js';
import { RankCounter } from './rank-counter.js';
import { TreeRanks } from './tree-ranks.js';

const K = 7;
const random = seededRandom(31), noise = Float32Array.from({ length: 800 }, () => random() - 0.5);
const clouds: readonly [string, Points][] = [
  ['in a plane', points(noise, 2)],
  ['in space', points(noise.slice(0, 798), 3)],
  ['on a grid, with ties', points(noise.map((x) => Math.round(x * 6)), 2)],
  ['all equal', points(new Float32Array(400).fill(3), 2)],
  ['with an outlier', points(noise.map((x, e) => (e < 2 ? 1e6 : x)), 2)],
];

/** The rank of each target when all others are sorted by distance and index. */
function sortedRanks(cloud: Points, point: number, targets: Int32Array): number[] {
  const squares = new Float64Array(cloud.n);
  squaresFrom(cloud, point, squares);
  const order = Array.from(squares.keys()).filter((j) => j !== point).sort((a, b) => squares[a]! - squares[b]! || a - b);
  return Array.from(targets, (target) => order.indexOf(target) + 1);
}

describe.each(clouds)('ranks of points %s', (_, cloud) => {
  const tree = new TreeRanks(cloud, new KdTree(cloud), K), counter = new RankCounter(cloud, K);
  const values = new Float64Array(cloud.n), ranks = new Int32Array(K);
  const targetsOf = (point: number): Int32Array => Int32Array.from({ length: K }, (__, m) => (point + 1 + m * m * 3) % cloud.n);
  it.each([0, 1, 57, 130, cloud.n - 1])('as point %i sees them are those of sorting all', (point) => {
    const targets = targetsOf(point), sorted = sortedRanks(cloud, point, targets);
    tree.rank(point, targets, ranks);
    expect([...ranks]).toEqual(sorted);
    squaresFrom(cloud, point, values);
    for (const tolerance of [0, 1e-3, 1e9]) {
      counter.rank(values, 0, point, targets, ranks, () => tolerance);
      expect([...ranks]).toEqual(sorted);
    }
  });
});
