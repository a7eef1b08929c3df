import { findSplit } from '@noema/contracts';
import type { SplitMetrics } from '@noema/contracts/noema/training/v1/epoch';
import { wilsonInterval } from '@noema/evaluation';
import type { Value } from '../answer/answer.js';
import { estimate, withoutInterval } from '../answer/estimate.js';
import { DataText } from '../answer/fence.js';

/** Metrics that are shares of the samples, so that n gives their interval. */
const SHARES = new Set([
  'accuracy',
  'binary_accuracy',
  'categorical_accuracy',
  'sparse_categorical_accuracy',
]);

/** Loss and metrics of a split after an epoch, with intervals where n gives them. */
export function formatMetrics({ split, sampleCount: n, loss, metrics }: SplitMetrics): Value {
  return {
    split: findSplit(split),
    n,
    loss: withoutInterval(loss, n, 'query {"mark": "number", "y": "mean(loss)"} has it'),
    metrics: metrics.map(({ name, value }) => ({
      name: new DataText(name),
      ...(SHARES.has(name) && n > 0 && value >= 0 && value <= 1
        ? estimate(value, n, wilsonInterval(value * n, n))
        : withoutInterval(value, n, 'the interval of this metric is not known')),
    })),
  };
}
