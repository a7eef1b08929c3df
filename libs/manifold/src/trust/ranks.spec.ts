import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { KernelMemory } from '@noema/simd';
import { blockedPoints } from '../neighbors/blocked-points.js';
import { points, type Points, squaresFrom } from '../points.js';
import { BlockRanks, rankTools } from './block-ranks.js';
import { equalBefore } from './equal-points.js';

const K = 7;
const random = seededRandom(31);
const noise = Float32Array.from({ length: 800 }, () => random() - 0.5);
const clouds: readonly [string, Points][] = [
  ['in a plane', points(noise, 2)],
  ['in space', points(noise.slice(0, 798), 3)],
  [
    'on a grid, with ties',
    points(
      noise.map((x) => Math.round(x * 6)),
      2,
    ),
  ],
  ['all equal', points(new Float32Array(400).fill(3), 2)],
  ['of twelve dimensions', points(noise.slice(0, 792), 12)],
  [
    'at corners, with many ties',
    points(
      noise.map((x) => (x > 0 ? 1 : 0)),
      10,
    ),
  ],
  [
    'far from the origin',
    points(
      noise.map((x) => 1_000 + Math.fround(x / 64)),
      4,
    ),
  ],
  [
    'tiny',
    points(
      noise.map((x) => x * 1e-38),
      2,
    ),
  ],
  [
    'huge',
    points(
      noise.map((x) => x * 3e38),
      2,
    ),
  ],
  [
    'with an outlier',
    points(
      noise.map((x, e) => (e < 2 ? 1e6 : x)),
      2,
    ),
  ],
];

/** The rank of each target when all others are sorted by distance and index. */
function sortedRanks(cloud: Points, point: number, targets: Int32Array): number[] {
  const squares = new Float64Array(cloud.n);
  squaresFrom(cloud, point, squares);
  const order = Array.from(squares.keys())
    .filter((j) => j !== point)
    .sort((a, b) => squares[a]! - squares[b]! || a - b);
  return Array.from(targets, (target) => order.indexOf(target) + 1);
}

describe.each(clouds)('ranks of points %s', (_, cloud) => {
  const memory = new KernelMemory();
  const ranking = new BlockRanks(cloud, rankTools(memory, blockedPoints(cloud, memory), K, 1)[0]!, K);
  const ranks = new Int32Array(K);
  const makeTargets = (point: number): Int32Array =>
    Int32Array.from({ length: K }, (__, m) => (point + 1 + m * m * 3) % cloud.n);
  it.each([0, 1, 57, 130, cloud.n - 1])('as point %i sees them equal the ranks after sorting all', (at) => {
    const point = at % cloud.n;
    const targets = makeTargets(point);
    ranking.rank(point, targets, ranks);
    expect([...ranks]).toEqual(sortedRanks(cloud, point, targets));
  });
});

it('equal points before each are counted, 0 and −0 as one', () => {
  expect([...equalBefore(points(Float32Array.of(1, 2, 0, 5, 1, 2, -0, 5, 1, 2, 0, 4), 2))]).toEqual([
    0, 0, 1, 1, 2, 0,
  ]);
});
