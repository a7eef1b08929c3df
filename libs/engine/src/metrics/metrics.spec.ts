import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Judged } from './metric.js';
import { createMetric } from './metric.registry.js';

const judged = (predictions: number[], width: number, targets: number[], targetWidth = width): Judged => ({
  rows: predictions.length / width,
  predictions: Float32Array.from(predictions),
  width,
  targets: Float32Array.from(targets),
  targetWidth,
  channels: width,
  isExclusive: width > 1,
});

/** Three positions of two classes, the last one without a class. */
const padded: Judged = { ...judged([0.9, 0.1, 0.8, 0.2, 0.3, 0.7], 6, [1, 0, 0, 1, 0, 0]), channels: 2 };
const three = judged([0.7, 0.2, 0.1, 0.3, 0.4, 0.3, 0.2, 0.5, 0.3], 3, [1, 0, 0, 0, 0, 1, 0, 0, 1]);
const sparse = { ...three, targets: Float32Array.of(0, 2, 2), targetWidth: 1 };
const binary = judged([0.9, 0.8, 0.4, 0.3], 1, [1, 0, 1, 0]);

/** Predictions on data of scikit-learn with the metrics that it gives them (bench/reference/tasks.py). */
const CASES = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/tasks.json', import.meta.url), 'utf8'),
) as (Omit<Judged, 'predictions' | 'targets'> & {
  name: string;
  predictions: number[];
  targets: number[];
  metrics: Record<string, number>;
})[];

describe('metrics', () => {
  it.each(
    CASES.flatMap(({ name, metrics: expected, predictions, targets, ...rest }) =>
      Object.entries(expected).map(
        ([metric, value]) =>
          [
            name,
            metric,
            { ...rest, predictions: Float32Array.from(predictions), targets: Float32Array.from(targets) },
            value,
          ] as const,
      ),
    ),
  )('of %s: %s as scikit-learn has it', (_, metric, rows, value) => {
    expect(Math.abs(createMetric(metric).measure(rows) / value - 1)).toBeLessThan(1e-5);
  });

  it.each<[string, Record<string, unknown>, Judged, number]>([
    ['pixel_accuracy', {}, padded, 1 / 2],
    ['mean_iou', {}, padded, 1 / 4],
    ['accuracy', {}, three, 1 / 3],
    ['sparse_categorical_accuracy', {}, sparse, 1 / 3],
    ['accuracy', {}, binary, 0.5],
    ['top_k_categorical_accuracy', { k: 2 }, three, 2 / 3],
    ['top_k', { k: 3 }, sparse, 1],
    ['precision', {}, binary, 0.5],
    ['recall', {}, binary, 0.5],
    ['precision', { threshold: 0.85 }, binary, 1],
    ['precision', { threshold: 0.95 }, binary, 0],
    ['recall', {}, three, 1 / 3],
    ['recall', {}, sparse, 1 / 3],
    ['auc', {}, binary, 0.75],
    ['AUC', {}, judged([0.5, 0.5], 1, [1, 0]), 0.5],
    ['auc', {}, judged([0.5, 0.6], 1, [1, 1]), NaN],
    ['mae', {}, binary, (0.1 + 0.8 + 0.6 + 0.3) / 4],
    ['mean_squared_error', {}, binary, (0.01 + 0.64 + 0.36 + 0.09) / 4],
  ])('%s %j', (name, settings, rows, value) => {
    const measured = createMetric(name, settings).measure(rows);
    if (Number.isNaN(value)) expect(measured).toBeNaN();
    else expect(measured).toBeCloseTo(value, 6);
  });

  it('are named by their settings', () => {
    expect(createMetric('top_k', { k: 2 }).name).toBe('top_2_categorical_accuracy');
  });
  it('refuses unknown ones', () => {
    expect(() => createMetric('luck')).toThrow(/unknown metric "luck"/);
  });
});
