import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { LineSeries } from '../../parts/charts/line-series.js';
import { splitName } from '../../parts/address/split.js';
import { listSplits, readMetric, splitOfEpoch } from './epoch-series.js';
import { smoothLine } from './smoothing.js';

/** A run with its epochs, for a chart. */
export interface ChartedRun {
  readonly id: string;
  readonly name: string;
  readonly epochs: readonly Epoch[];
}

/** Okabe & Ito 2008, the colors that are seen on light and dark ground alike. */
const RUN_COLORS = [
  '#3d7be0',
  '#d9680f',
  '#0a9d78',
  '#c063a0',
  '#8a7a1f',
  '#7a6ff0',
  '#c4424f',
  '#4d93a8',
] as const;
const SPLIT_COLORS: Readonly<Record<Split, string>> = {
  [Split.UNSPECIFIED]: '#808080',
  [Split.TRAINING]: RUN_COLORS[0],
  [Split.VALIDATION]: RUN_COLORS[1],
  [Split.TEST]: RUN_COLORS[2],
  [Split.UNLABELED]: RUN_COLORS[3],
};
const SPLIT_DASHES: Readonly<Partial<Record<Split, string>>> = {
  [Split.TRAINING]: '2 4',
  [Split.TEST]: '8 3 2 3',
};

/**
 * A metric over the epochs, one line for each run and split. Dashes distinguish splits; colors distinguish
 * the splits of one run, or several runs, of which each next line is thinner.
 */
export function metricSeries(runs: readonly ChartedRun[], metric: string): LineSeries[] {
  const several = runs.length > 1;
  return runs.flatMap((run, at) =>
    listSplits(run.epochs)
      .map(
        (split): LineSeries => ({
          key: `${run.id}/${split}`,
          label: several ? `${run.name} · ${splitName(split)}` : splitName(split),
          color: several ? RUN_COLORS[at % RUN_COLORS.length]! : SPLIT_COLORS[split],
          dash: SPLIT_DASHES[split],
          // Runs that coincide are seen below each other.
          width: several ? 4.5 - (3 * at) / (runs.length - 1) : undefined,
          points: run.epochs.flatMap((epoch) => {
            const y = readMetric(splitOfEpoch(epoch, split), metric);
            return y === undefined ? [] : [{ x: epoch.epoch, y }];
          }),
        }),
      )
      .filter(({ points }) => points.length > 0),
  );
}

/** Names under which clients record the learning rate of an epoch. */
const LEARNING_RATES = ['learning_rate', 'lr'];

/** The recorded learning rate of each run over its epochs; of no split, so that each run has one line. */
export const learningRateSeries = (runs: readonly ChartedRun[]): LineSeries[] =>
  runs.flatMap((run, at) => {
    const points = run.epochs.flatMap((epoch) => {
      const y = epoch.splits
        .flatMap(({ metrics }) => metrics)
        .find(({ name }) => LEARNING_RATES.includes(name))?.value;
      return y === undefined ? [] : [{ x: epoch.epoch, y }];
    });
    return points.length === 0
      ? []
      : [{ key: run.id, label: run.name, color: RUN_COLORS[at % RUN_COLORS.length]!, points }];
  });

/** True for the name of a learning rate, which is no measure of predictions. */
export const isLearningRate = (metric: string): boolean => LEARNING_RATES.includes(metric);

/** Opacity of a line under its smoothed one. */
const RAW_OPACITY = 0.35;

/** Each line with its moving average on top; the lines alone for a weight of 0. */
export const smoothedSeries = (series: readonly LineSeries[], weight: number): readonly LineSeries[] =>
  weight === 0
    ? series
    : series.flatMap((line) => [
        { ...line, opacity: RAW_OPACITY, width: 1.2 },
        {
          ...line,
          key: `${line.key}/smoothed`,
          label: `${line.label}, smoothed`,
          points: smoothLine(line.points, weight),
        },
      ]);

/** The line of the losses within epochs. */
export const batchSeries = (points: LineSeries['points']): LineSeries[] =>
  points.length < 2
    ? []
    : [{ key: 'batches', label: 'training, epoch so far', color: '#8d98a8', width: 1.2, points }];
