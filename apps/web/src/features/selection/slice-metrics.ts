import type { Interval } from '@noema/evaluation';
import { meanInterval } from '@noema/evaluation/mean';
import { wilsonInterval } from '@noema/evaluation/proportion';
import { newcombeInterval, welchInterval } from '@noema/evaluation/unpaired';
import type { EvaluationSummary } from '@noema/contracts/noema/training/v1/evaluation_summary';

/** A metric of the samples of a slice, with its interval of 95 %; no interval below two samples. */
export interface SliceMetric {
  readonly value: number;
  readonly n: number;
  readonly interval: Interval | undefined;
}

/** A metric that a summary carries enough of for an interval. */
export interface MetricKind {
  readonly name: 'accuracy' | 'loss';
  readonly title: string;
  /** `undefined` where no sample has it. */
  readonly measure: (summary: EvaluationSummary) => SliceMetric | undefined;
  /** The metric of the first less that of the second, of independent samples. */
  readonly compare: (first: EvaluationSummary, second: EvaluationSummary) => SliceMetric | undefined;
}

const known = (interval: Interval): Interval | undefined =>
  Number.isFinite(interval.low) && Number.isFinite(interval.high) ? interval : undefined;

const proportion = ({ accuracy, classCount }: EvaluationSummary) => ({
  successes: Math.round(accuracy * classCount),
  trials: classCount,
});
const moments = ({ lossCount, meanLoss, lossDeviation }: EvaluationSummary) => ({
  n: lossCount,
  mean: meanLoss,
  deviation: lossDeviation,
});

/** The metrics of slices. */
export const METRICS: readonly MetricKind[] = [
  {
    name: 'accuracy',
    title: 'accuracy',
    measure: (summary) => {
      const { successes, trials } = proportion(summary);
      if (trials === 0) return undefined;
      return { value: successes / trials, n: trials, interval: wilsonInterval(successes, trials) };
    },
    compare: (first, second) => {
      const [a, b] = [proportion(first), proportion(second)];
      if (a.trials === 0 || b.trials === 0) return undefined;
      return {
        value: a.successes / a.trials - b.successes / b.trials,
        n: a.trials + b.trials,
        interval: newcombeInterval(a, b),
      };
    },
  },
  {
    name: 'loss',
    title: 'mean loss',
    measure: (summary) => {
      const { n, mean, deviation } = moments(summary);
      if (n === 0) return undefined;
      return { value: mean, n, interval: known(meanInterval({ n, mean, deviation })) };
    },
    compare: (first, second) => {
      const [a, b] = [moments(first), moments(second)];
      if (a.n === 0 || b.n === 0) return undefined;
      return { value: a.mean - b.mean, n: a.n + b.n, interval: known(welchInterval(a, b)) };
    },
  },
];

/** Epochs of a run at which a metric is requested: all, or `most` at even distances with the last. */
export function pickEpochs(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, at) => at + 1);
  return Array.from({ length: most }, (_, at) => 1 + Math.round((at * (count - 1)) / (most - 1)));
}
