import { seededRandom } from '@noema/kernel';
import { boxesInvalid, checkCount, optionInvalid } from './detection.errors.js';
import type { Size } from './letterbox.js';

export interface AnchorOptions {
  /** The same seed gives the same anchors. Default: 42. */
  readonly seed?: number;
  /** Number of starts; the anchors that fit best are returned. Default: 10. */
  readonly starts?: number;
  /** Maximum number of iterations of one start. Default: 300. */
  readonly iterations?: number;
}

export interface Anchors {
  /** By ascending area, in the unit of the sizes. */
  readonly anchors: readonly Size[];
  /** Mean over the sizes of the IoU with the best anchor, from 0 to 1. */
  readonly meanOverlap: number;
}

/**
 * Returns k typical sizes of boxes: k-means with the distance 1 − IoU of boxes on one center (Redmon & Farhadi
 * 2017, "YOLO9000", section 2) from greedy k-means++ starts (Arthur & Vassilvitskii 2007). Centers are means of
 * width and height, which need not lower the distance, so that the best anchors of all iterations are kept.
 * Fewer than k different sizes give fewer anchors. Throws `invalid` BOXES_INVALID for a size that is not above 0,
 * OPTION_INVALID unless 1 ≤ k ≤ number of sizes.
 */
export function findAnchors(
  sizes: readonly Size[],
  k: number,
  { seed = 42, starts = 10, iterations = 300 }: AnchorOptions = {},
): Anchors {
  for (const [name, count] of Object.entries({ k, starts, iterations })) checkCount(name, count);
  if (k > sizes.length) throw optionInvalid('k', k, `${sizes.length} (the number of sizes) or less`);
  sizes.forEach(({ width, height }, i) => {
    if (!(width > 0 && height > 0 && Number.isFinite(width * height)))
      throw boxesInvalid(`size ${i} is ${width} by ${height}; both must be above 0`);
  });
  let best: Anchors = { anchors: [], meanOverlap: -1 };
  for (let start = 0; start < starts; start++) {
    const settled = settle(sizes, drawStart(sizes, k, seededRandom(seed, start)), iterations);
    if (settled.meanOverlap > best.meanOverlap) best = settled;
  }
  return {
    ...best,
    anchors: [...best.anchors].sort((a, b) => a.width * a.height - b.width * b.height),
  };
}

/** Returns IoU of two boxes on one center. */
function sizeOverlap(a: Size, b: Size): number {
  const shared = Math.min(a.width, b.width) * Math.min(a.height, b.height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Draws sizes by their distance to earlier ones; of several candidates, takes the one that leaves the least. */
function drawStart(sizes: readonly Size[], k: number, random: () => number): Size[] {
  const candidates = 2 + Math.floor(Math.log(k));
  const chosen = [sizes[Math.floor(random() * sizes.length)]!];
  const distances = (from: Size): number[] => sizes.map((size) => 1 - sizeOverlap(size, from));
  let nearest = distances(chosen[0]!);
  while (chosen.length < k) {
    const total = sum(nearest);
    if (total === 0) break;
    let least = { left: Infinity, size: chosen[0]!, nearest };
    for (let candidate = 0; candidate < candidates; candidate++) {
      const size = sizes[drawByWeight(nearest, random() * total)]!;
      const next = distances(size).map((distance, i) => Math.min(distance, nearest[i]!));
      const left = sum(next);
      if (left < least.left) least = { left, size, nearest: next };
    }
    chosen.push(least.size);
    nearest = least.nearest;
  }
  return chosen;
}

/** Returns the index at which the running sum of the weights reaches a value; never one of weight 0. */
function drawByWeight(weights: readonly number[], value: number): number {
  let left = value;
  let pick = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    pick = i;
    left -= weights[i]!;
    if (left <= 0) break;
  }
  return pick;
}

/** Runs Lloyd's iteration until no size changes its anchor; returns the best anchors on the way. */
function settle(sizes: readonly Size[], from: readonly Size[], iterations: number): Anchors {
  let anchors = from;
  let best: Anchors = { anchors, meanOverlap: -1 };
  let assignment: number[] = [];
  for (let step = 0; step < iterations; step++) {
    const nearest = sizes.map((size) => findNearest(size, anchors));
    const meanOverlap = sum(nearest.map(({ overlap }) => overlap)) / sizes.length;
    if (meanOverlap > best.meanOverlap) best = { anchors, meanOverlap };
    if (step > 0 && nearest.every(({ anchor }, i) => anchor === assignment[i])) break;
    assignment = nearest.map(({ anchor }) => anchor);
    anchors = anchors.map((anchor, a) => meanSize(sizes.filter((_, i) => assignment[i] === a)) ?? anchor);
  }
  return best;
}

function findNearest(size: Size, anchors: readonly Size[]): { anchor: number; overlap: number } {
  let best = { anchor: 0, overlap: -1 };
  anchors.forEach((anchor, a) => {
    const overlap = sizeOverlap(size, anchor);
    if (overlap > best.overlap) best = { anchor: a, overlap };
  });
  return best;
}

const meanSize = (sizes: readonly Size[]): Size | undefined =>
  sizes.length === 0
    ? undefined
    : {
        width: sum(sizes.map(({ width }) => width)) / sizes.length,
        height: sum(sizes.map(({ height }) => height)) / sizes.length,
      };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
