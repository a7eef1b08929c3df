import { categoryColor, CATEGORY_COUNT, cielab, type Rgb } from '../../parts/scales/scales.js';

/** A cell of a confusion matrix. */
export interface Confusion {
  readonly trueClass: number;
  readonly predictedClass: number;
  readonly count: number;
}

/**
 * Sight without one kind of cone, on linear red, green and blue (Machado, Oliveira & Fernandes 2009, severity
 * 1).
 */
export const SIGHTS: readonly (readonly number[])[] = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
];

/**
 * Which color of the palette each of `classes` classes takes, so that classes that are often confused differ
 * most, for every sight and on both grounds. Deterministic: of every rotation of the colors, two classes are
 * swapped as long as that helps, and the best result is taken. Above 20 classes they stay in order.
 */
export function classOrder(classes: number, confusions: readonly Confusion[]): number[] {
  const inOrder = Array.from({ length: classes }, (_, at) => at);
  const alike = inOrder.map(() => new Float64Array(classes));
  let confused = 0;
  for (const { trueClass: a, predictedClass: b, count } of confusions) {
    if (a === b || !(a in inOrder) || !(b in inOrder)) continue;
    alike[a]![b]! += count;
    alike[b]![a]! += count;
    confused += count;
  }
  if (classes < 3 || classes > CATEGORY_COUNT || confused === 0) return inOrder;
  const near = computeNearness(classes);
  const computeCost = (order: readonly number[], a: number): number =>
    order.reduce((sum, color, b) => sum + (a === b ? 0 : alike[a]![b]! * near[order[a]!]![color]!), 0);
  const total = (order: readonly number[]): number =>
    order.reduce((sum, _, a) => sum + computeCost(order, a), 0);
  const orders = inOrder.map((turn) =>
    improved(
      inOrder.map((at) => (at + turn) % classes),
      computeCost,
    ),
  );
  return orders.reduce((best, order) => (total(order) < total(best) - 1e-9 ? order : best));
}

function improved(order: number[], computeCost: (order: readonly number[], a: number) => number): number[] {
  const cost = (a: number): number => computeCost(order, a);
  for (let better = true; better; ) {
    better = false;
    for (let a = 0; a < order.length; a++) {
      for (let b = a + 1; b < order.length; b++) {
        const before = cost(a) + cost(b);
        swap(order, a, b);
        if (cost(a) + cost(b) < before - 1e-9) better = true;
        else swap(order, a, b);
      }
    }
  }
  return order;
}

function swap(order: number[], a: number, b: number): void {
  [order[a], order[b]] = [order[b]!, order[a]!];
}

/**
 * How near the first colors of the palette are to each other: one over the square of the least distance in
 * CIELAB over all sights and grounds.
 */
function computeNearness(count: number): number[][] {
  const looks = (['light', 'dark'] as const).flatMap((ground) =>
    SIGHTS.map((sight) => Array.from({ length: count }, (_, at) => cielab(categoryColor(at, ground), sight))),
  );
  return Array.from({ length: count }, (_, a) =>
    Array.from(
      { length: count },
      (_, b) => 1 / Math.max(1, Math.min(...looks.map((labs) => distance(labs[a]!, labs[b]!)))) ** 2,
    ),
  );
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
