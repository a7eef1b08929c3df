import { DomainError } from '@noema/kernel';
import type { Points } from './points.js';

/** The class whose mean is nearest to a class's own mean, and the distance. */
export interface NearestClass {
  readonly class: number;
  readonly nearest: number;
  readonly distance: number;
}

/**
 * Returns for every class with points the class of the nearest mean. `labels` [n] are class indexes, negative
 * for unlabelled points. Empty for a single class.
 */
export function nearestClasses({ data, n, d }: Points, labels: Int32Array): NearestClass[] {
  if (labels.length !== n)
    throw new DomainError('invalid', 'LABELS_SHAPE', `${labels.length} labels do not fit ${n} points`);
  const sums = new Map<number, { count: number; sum: Float64Array }>();
  labels.forEach((label, i) => {
    if (label < 0) return;
    const entry = sums.get(label) ?? { count: 0, sum: new Float64Array(d) };
    sums.set(label, entry);
    entry.count++;
    for (let c = 0; c < d; c++) entry.sum[c]! += data[i * d + c]!;
  });
  const means = [...sums]
    .sort(([a], [b]) => a - b)
    .map(([label, { count, sum }]) => ({ label, mean: sum.map((value) => value / count) }));
  return means.flatMap(({ label, mean }) => {
    const others = means
      .filter((other) => other.label !== label)
      .map((other) => ({
        nearest: other.label,
        distance: Math.hypot(...mean.map((value, c) => value - other.mean[c]!)),
      }));
    const first = others.reduce<(typeof others)[number] | undefined>(
      (best, other) => (best === undefined || other.distance < best.distance ? other : best),
      undefined,
    );
    return first === undefined ? [] : [{ class: label, ...first }];
  });
}
