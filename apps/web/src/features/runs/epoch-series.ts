import type { Epoch, SplitMetrics } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { SPLITS } from '../../parts/address/split.js';

/** The splits that have numbers in any epoch, in their usual order. */
export const listSplits = (epochs: readonly Epoch[]): Split[] =>
  SPLITS.filter((split) => epochs.some((epoch) => epoch.splits.some((part) => part.split === split)));

/** The numbers of a split after an epoch. */
export const splitOfEpoch = (epoch: Epoch | undefined, split: Split): SplitMetrics | undefined =>
  epoch?.splits.find((part) => part.split === split);

/** A metric of a split; undefined where it was not measured. */
export const readMetric = (part: SplitMetrics | undefined, name: string): number | undefined =>
  name === 'loss' ? part?.loss : part?.metrics.find((metric) => metric.name === name)?.value;

/** Names of all metrics that were measured, the loss left out. */
export const metricNames = (epochs: readonly Epoch[]): string[] => [
  ...new Set(
    epochs.flatMap(({ splits }) => splits.flatMap(({ metrics }) => metrics.map(({ name }) => name))),
  ),
];

/** The split that a run is judged by: validation, else test, else what there is. */
export function judgedSplit(epoch: Epoch | undefined): SplitMetrics | undefined {
  return [Split.VALIDATION, Split.TEST, Split.TRAINING]
    .map((split) => splitOfEpoch(epoch, split))
    .find((part) => part !== undefined);
}
