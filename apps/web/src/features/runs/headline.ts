import { wilsonInterval } from '@noema/evaluation/proportion';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { ConfusionCell } from '@noema/contracts/noema/training/v1/evaluation_summary';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { judgedSplit } from './epoch-series.js';

/** The first metric of the split that a run is judged by. */
export interface Headline {
  readonly name: string;
  readonly value: number;
  readonly split: Split;
  readonly sampleCount: number;
  /** 95 % interval; only of a share of samples. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
}

/**
 * The headline of an epoch: its first metric, otherwise the loss; `undefined` without both. With `wanted` the metric
 * of that name and no other.
 */
export function findHeadline(epoch: Epoch | undefined, wanted?: string): Headline | undefined {
  const part = judgedSplit(epoch);
  if (part === undefined) return undefined;
  const { split, sampleCount } = part;
  const loss = part.loss === undefined ? undefined : { name: 'loss', value: part.loss };
  const metric =
    wanted === undefined
      ? (part.metrics[0] ?? loss)
      : [...part.metrics, ...(loss === undefined ? [] : [loss])].find(({ name }) => name === wanted);
  if (metric === undefined || !Number.isFinite(metric.value)) return undefined;
  const { name, value } = metric;
  return {
    name,
    value,
    split,
    sampleCount,
    // Other shares, such as F1, are no proportion of samples.
    interval:
      name === 'accuracy' && value >= 0 && value <= 1
        ? wilsonInterval(value * sampleCount, sampleCount)
        : undefined,
  };
}

/** The two classes that are most often confused; `undefined` when nothing is misclassified. */
export const worstPair = (cells: readonly ConfusionCell[]): ConfusionCell | undefined =>
  cells
    .filter(({ trueClass, predictedClass }) => trueClass !== predictedClass && trueClass >= 0)
    .toSorted((a, b) => b.count - a.count || a.trueClass - b.trueClass || a.predictedClass - b.predictedClass)
    .at(0);
