import { bcaInterval, type Interval } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { formatChange, formatShare, shorten } from '../../finding/numbers.js';
import { severityOfLoss, severityOfMetric } from '../../finding/severity.js';
import type { Finding, Severity } from '../../finding/finding.js';
import { selectHeldOut } from '../../population/held-out.js';
import { pickGroups } from '../../population/groups.js';
import type { Population } from '../../population/population.js';

/** Resamples of the interval, and the largest number of draws. */
const [RESAMPLES, MIN_RESAMPLES, MAX_DRAWS] = [999, 199, 2e7];

/** How much better the metric of the held-out samples is because of the leaked ones. */
export interface Inflation {
  readonly measure: 'accuracy' | 'mean loss';
  /** Of all held-out samples, and without the leaked ones. */
  readonly all: number;
  readonly clean: number;
  /** Gain of the metric: all − clean for an accuracy, clean − all for a loss. */
  readonly gain: number;
  /** Of the gain, 95 %. */
  readonly interval: Interval;
}

/** Values of the metric of the held-out samples: 1 for correct and 0 for misclassified, or the loss. */
function readOutcomes(
  population: Population,
): { measure: Inflation['measure']; values: Float64Array } | undefined {
  const { n, labels, predicted, losses } = population;
  const { rows, isHeldOut } = selectHeldOut(population);
  if (!isHeldOut) return undefined;
  if (labels !== undefined && predicted !== undefined)
    return {
      measure: 'accuracy',
      values: Float64Array.from({ length: n }, (_, row) =>
        rows[row] === 1 && labels[row]! >= 0 ? Number(labels[row] === predicted[row]) : NaN,
      ),
    };
  if (losses === undefined) return undefined;
  return {
    measure: 'mean loss',
    values: Float64Array.from(losses, (loss, row) => (rows[row] === 1 ? loss : NaN)),
  };
}

/**
 * Measures how much leaked samples add to the metric, with a paired bootstrap interval, corrected and accelerated:
 * both metrics come from the same resample. Undefined without a metric, or if no sample or all are leaked.
 */
export function measureInflation(
  population: Population,
  leaked: Uint8Array,
  seed: number,
): Inflation | undefined {
  const outcomes = readOutcomes(population);
  if (outcomes === undefined) return undefined;
  const { measure, values } = outcomes;
  const rows = Int32Array.from(values.keys()).filter((row) => Number.isFinite(values[row]));
  const own = Float64Array.from(rows, (row) => values[row]!);
  const clean = Uint8Array.from(rows, (row) => 1 - leaked[row]!);
  const [n, cleanCount] = [rows.length, clean.reduce((sum, one) => sum + one, 0)];
  if (cleanCount === 0 || cleanCount === n) return undefined;
  const sign = measure === 'accuracy' ? 1 : -1;
  const sum = own.reduce((total, value) => total + value, 0);
  const cleanSum = own.reduce((total, value, at) => total + clean[at]! * value, 0);
  const gain = (total: number, count: number, part: number, partCount: number): number =>
    partCount === 0 ? 0 : sign * (total / count - part / partCount);
  // Whole groups are resampled: sums of each, of all its samples and of the clean ones.
  const groups = pickGroups(population, rows) ?? Int32Array.from(rows.keys());
  const m = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const [totals, sizes, parts, partSizes] = [0, 0, 0, 0].map(() => new Float64Array(m));
  groups.forEach((group, at) => {
    totals![group]! += own[at]!;
    sizes![group]!++;
    parts![group]! += clean[at]! * own[at]!;
    partSizes![group]! += clean[at]!;
  });
  const random = seededRandom(seed, 11);
  const resamples = Math.max(MIN_RESAMPLES, Math.min(RESAMPLES, Math.floor(MAX_DRAWS / m)));
  const replicates = new Float64Array(resamples).map(() => {
    let [total, count, part, partCount] = [0, 0, 0, 0];
    for (let draw = 0; draw < m; draw++) {
      const at = Math.floor(random() * m);
      total += totals![at]!;
      count += sizes![at]!;
      part += parts![at]!;
      partCount += partSizes![at]!;
    }
    return gain(total, count, part, partCount);
  });
  const jackknife = totals!.map((total, at) =>
    gain(sum - total, n - sizes![at]!, cleanSum - parts![at]!, cleanCount - partSizes![at]!),
  );
  const estimate = gain(sum, n, cleanSum, cleanCount);
  const isConstant = replicates.every((value) => value === replicates[0]);
  return {
    measure,
    all: sum / n,
    clean: cleanSum / cleanCount,
    gain: estimate,
    interval: isConstant
      ? { low: estimate, high: estimate }
      : bcaInterval({ estimate, replicates, jackknife }),
  };
}

/** Severity, numbers and half a sentence on an inflation. */
export function describeInflation(inflation: Inflation | undefined): {
  readonly severity: Severity;
  readonly numbers: Readonly<Record<string, number>>;
  readonly text: string;
} & Pick<Finding, 'effect'> {
  if (inflation === undefined)
    return {
      severity: severityOfMetric(0),
      numbers: {},
      text: 'the effect on the metric is not known',
      effect: undefined,
    };
  const { measure, all, clean, gain, interval } = inflation;
  const isAccuracy = measure === 'accuracy';
  const format = isAccuracy ? formatShare : shorten;
  return {
    // The points of an accuracy; the share of a mean loss.
    severity: isAccuracy
      ? severityOfMetric(gain)
      : severityOfLoss({ members: 1, n: 1, excess: gain, meanLoss: clean }),
    numbers: isAccuracy
      ? {
          accuracy: all,
          accuracyWithoutLeaked: clean,
          gain,
          gainLow: interval.low,
          gainHigh: interval.high,
        }
      : {
          loss: all,
          lossWithoutLeaked: clean,
          lossGain: gain,
          lossGainLow: interval.low,
          lossGainHigh: interval.high,
        },
    text:
      `the ${measure} is ${format(all)}, without them ${format(clean)}: a gain of ` +
      formatChange(gain, interval, isAccuracy),
    effect: undefined,
  };
}
