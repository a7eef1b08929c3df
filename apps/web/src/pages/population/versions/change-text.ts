import type { Estimate, Interval, MetricChange } from '@noema/evaluation';
import { digits, fixed, percent, signed, value } from '../../../parts/numbers.js';

const SHORT: Readonly<Record<string, string>> = {
  correct: 'Accuracy',
  loss: 'Loss',
  residual: 'Residual',
  pixel_accuracy: 'Accuracy by position',
  iou: 'IoU',
};

/** A short name of a metric, for a choice of several. */
export const metricShort = (name: string): string => SHORT[name] ?? name;

const isShare = (name: string): boolean => name === 'correct';

/** A metric of one version: `97.60%`, `0.0743`. */
export const metricText = (name: string, { value: number }: Estimate): string =>
  Number.isNaN(number) ? '–' : isShare(name) ? percent(number) : digits(number, 3);

/** The difference of a metric: of shares in percentage points. */
export function differenceText({ name, difference: { value: number } }: MetricChange): string {
  if (Number.isNaN(number)) return '–';
  return isShare(name) ? `${number > 0 ? '+' : ''}${fixed(number * 100)}` : signed(number);
}

/** The interval of the difference: `[+0.2, +1.4]`. */
export const differenceInterval = ({ name, n, difference: { interval } }: MetricChange): string =>
  ends(n, interval, (end) =>
    isShare(name) ? `${end > 0 ? '+' : ''}${fixed(end * 100, 1)}` : signed(Number(end.toPrecision(2))),
  );

/** The interval of a metric of one version: `[97.1, 98.2]`, in percent for shares. */
export const metricInterval = ({ name, n }: MetricChange, { interval }: Estimate): string =>
  ends(n, interval, (end) => (isShare(name) ? fixed(end * 100, 1) : digits(end, 2)));

/** The reason where there is no interval: all samples have the same number, or there are too few. */
const ends = (n: number, interval: Interval | undefined, format: (end: number) => string): string =>
  interval === undefined
    ? 'all equal'
    : n === 0 || !Number.isFinite(interval.low)
      ? 'no interval'
      : `[${format(interval.low)}, ${format(interval.high)}]`;

/** A p-value: `p = 0.012`, `p < 0.0001`. */
export const pText = (p: number): string =>
  Number.isNaN(p) ? 'no p' : p < 1e-4 ? 'p < 0.0001' : `p = ${value(Number(p.toPrecision(2)))}`;
