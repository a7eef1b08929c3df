import {
  type Area,
  type ClassMetrics,
  f1Interval,
  type reduceOutputs,
  type ReductionChart,
  wilsonInterval,
} from '@noema/evaluation';
import type { Answer, Value } from '../answer/answer.js';
import { type Estimate, estimate, exact, finite, withoutInterval } from '../answer/estimate.js';
import { DataText } from '../answer/fence.js';
import type { RunOutputs } from './run-outputs.js';

type Reduced = ReturnType<typeof reduceOutputs>;

interface Result {
  readonly facts: Answer['facts'];
  readonly items: readonly Value[];
}

const NO_INTERVAL = 'Noema computes no interval of this metric';

/** Reductions of one class against all others. */
const OF_ONE_CLASS: ReadonlySet<ReductionChart['reduction']> = new Set([
  'pr',
  'roc',
  'thresholds',
  'calibration',
]);

/** Returns the numbers of a reduction as entries, each with n and, for shares, Wilson's interval. */
export function formatReduction(
  reduced: Reduced,
  chart: Pick<ReductionChart, 'interval' | 'normalize' | 'reduction' | 'className'>,
  { outputs: { classNames }, n }: Pick<RunOutputs, 'outputs' | 'n'>,
): Result {
  const result = formatEntries(reduced, chart, { classNames, n });
  const { reduction, className } = chart;
  if (!OF_ONE_CLASS.has(reduction)) return result;
  if (reduction === 'calibration' && className === undefined && classNames.length > 2)
    return { ...result, facts: { class: 'the predicted one', ...result.facts } };
  // Of two classes the second one is meant when none is named.
  const positive = new DataText(className ?? classNames[1] ?? '1');
  return { ...result, facts: { class: positive, ...result.facts } };
}

function formatEntries(
  reduced: Reduced,
  { interval, normalize }: Pick<ReductionChart, 'interval' | 'normalize'>,
  { classNames, n: known }: { readonly classNames: readonly string[]; readonly n: number },
): Result {
  const confidence = interval / 100;
  const className = (index: number): DataText => new DataText(classNames[index] ?? String(index));
  const share = (count: number, n: number): Estimate =>
    n === 0
      ? withoutInterval(NaN, 0, 'undefined without samples')
      : estimate(count / n, n, wilsonInterval(count, n, confidence), confidence);
  if ('shares' in reduced) {
    const { cells, classCount, n } = reduced;
    const [truths, predictions] = [new Float64Array(classCount), new Float64Array(classCount)];
    const entries: { readonly count: number; readonly truth: number; readonly predicted: number }[] = [];
    cells.forEach((count, cell) => {
      if (count === 0) return;
      const [truth, predicted] = [Math.floor(cell / classCount), cell % classCount];
      entries.push({ count, truth, predicted });
      truths[truth]! += count;
      predictions[predicted]! += count;
    });
    const whole = {
      none: () => n,
      all: () => n,
      truth: (index: number) => truths[index]!,
      prediction: (index: number) => predictions[index]!,
    };
    const isError = (entry: (typeof entries)[number]): number => Number(entry.truth !== entry.predicted);
    const sorted = entries.sort((a, b) => isError(b) - isError(a) || b.count - a.count);
    return {
      facts: {
        order: 'misclassified pairs first, largest first',
        share_of: normalize === 'none' ? 'all' : normalize,
      },
      items: sorted.map(({ count, truth, predicted }) => ({
        truth: className(truth),
        predicted: className(predicted),
        count: exact(count, count),
        share: share(count, whole[normalize](normalize === 'prediction' ? predicted : truth)),
      })),
    };
  }
  if ('classes' in reduced)
    return {
      facts: { accuracy: share(sum(reduced.classes, 'correct'), sum(reduced.classes, 'support')) },
      items: reduced.classes.map(({ precision: _, ...one }, index) => ({
        class: className(index),
        precision: share(one.correct, one.predicted),
        recall: share(one.correct, one.support),
        f1: formatF1(one, confidence),
        mean_loss: withoutInterval(
          reduced.meanLoss[index] ?? NaN,
          one.support,
          'call query with {"mark": "bar", "x": "true_class", "y": "mean(loss)"}',
        ),
      })),
    };
  if ('curve' in reduced) {
    const { area, curve } = reduced;
    return {
      facts: { area: areaEstimate(area, known, confidence) },
      items: Array.from(curve.x, (x, i) => ({
        x: finite(x),
        y: finite(curve.y[i]!),
        threshold: finite(curve.thresholds[i]!),
      })),
    };
  }
  if ('thresholds' in reduced)
    return {
      facts: {},
      items: reduced.thresholds.map((at) => ({
        threshold: at.threshold,
        precision: share(at.truePositives, at.truePositives + at.falsePositives),
        recall: share(at.truePositives, at.truePositives + at.falseNegatives),
      })),
    };
  if ('bins' in reduced)
    return {
      facts: {
        expected_calibration_error:
          reduced.errorInterval === undefined
            ? withoutInterval(reduced.expectedCalibrationError, reduced.n, 'fewer than 20 samples')
            : estimate(reduced.expectedCalibrationError, reduced.n, reduced.errorInterval, confidence),
        brier: withoutInterval(reduced.brier, reduced.n, NO_INTERVAL),
      },
      items: reduced.bins
        .filter(({ n }) => n > 0)
        .map((bin) => ({
          low: finite(bin.low),
          high: finite(bin.high),
          mean_score: finite(bin.confidence),
          positives: share(bin.positives, bin.n),
        })),
    };
  if ('correct' in reduced)
    return {
      facts: {},
      items: Array.from(reduced.correct, (correct, i) => ({
        low: finite(reduced.edges[i]!),
        high: finite(reduced.edges[i + 1]!),
        correct: share(correct, correct + reduced.misclassified[i]!),
      })),
    };
  const { n, ...errors } = reduced;
  return {
    facts: {},
    items: Object.entries(errors).map(([metric, value]) => ({
      metric,
      ...withoutInterval(value, n, NO_INTERVAL),
    })),
  };
}

function formatF1(one: Omit<ClassMetrics, 'precision' | 'recall'>, confidence: number): Estimate {
  const interval = f1Interval(one, confidence);
  return interval === undefined
    ? withoutInterval(one.f1, one.support, 'undefined without samples')
    : estimate(one.f1, one.support + one.predicted - one.correct, interval, confidence);
}

const areaEstimate = ({ value, interval, note }: Area, n: number, confidence: number): Estimate =>
  interval === undefined
    ? withoutInterval(value, n, note ?? NO_INTERVAL)
    : estimate(value, n, interval, confidence);

const sum = <K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number =>
  rows.reduce((total, row) => total + row[key], 0);
