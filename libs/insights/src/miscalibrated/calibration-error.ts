import { computeCalibration, type Interval, percentileInterval } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import type { Answers } from './answers.js';

/** Samples of a bin of the calibration error, and most bins. */
const [BIN_SIZE, MAX_BINS] = [20, 10];
const RESAMPLES = 199;

/**
 * Returns the calibration error over bins of equal counts with its basic bootstrap interval (Davison & Hinkley 1997,
 * section 5.2), which counters the upward bias that the error has in few samples.
 */
export function estimateError(
  { confidence, isRight, groups }: Answers,
  members: readonly number[],
  { level, seed }: { readonly level: number; readonly seed: number },
): { readonly value: number; readonly interval: Interval } {
  const bins = Math.max(1, Math.min(MAX_BINS, Math.floor(members.length / BIN_SIZE)));
  const measure = (own: readonly number[]): number =>
    computeCalibration(
      {
        isPositive: Uint8Array.from(own, (at) => isRight[at]!),
        scores: Float64Array.from(own, (at) => confidence[at]!),
      },
      { bins, strategy: 'quantile' },
    ).expectedCalibrationError;
  const random = seededRandom(seed, 21);
  // Whole groups are resampled.
  const parts = groupBy(members, (at) => groups?.[at] ?? at);
  const replicates = Float64Array.from({ length: RESAMPLES }, () =>
    measure(parts.flatMap(() => parts[Math.floor(random() * parts.length)]!)),
  );
  const value = measure(members);
  const { low, high } = percentileInterval(replicates, level);
  return { value, interval: { low: Math.max(0, 2 * value - high), high: Math.max(0, 2 * value - low) } };
}

function groupBy(members: readonly number[], getGroup: (at: number) => number): number[][] {
  const parts = new Map<number, number[]>();
  for (const at of members)
    (parts.get(getGroup(at)) ?? parts.set(getGroup(at), []).get(getGroup(at))!).push(at);
  return [...parts.values()];
}
