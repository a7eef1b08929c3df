import { normalQuantile } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';

/** Resamples, and the part of them on each side of the 80 % interval. */
const [RESAMPLES, TAIL] = [200, 0.1];
/** Exponent of models whose error falls as 1/√n, and how far from it others may lie. */
const USUAL = { mean: 0.5, deviation: 0.25 } as const;
/** No curve is extended to a group that grows more than this. */
const MAX_GROWTH = 1000;
/** Below this factor between two densities, their losses show no curve. */
const MIN_FACTOR = 1.1;
/** A flatter curve does not fall. */
const MIN_EXPONENT = 0.01;

/** How many training samples a group needs until its mean loss is that of the others. */
export interface Need {
  /** Exponent b of loss ≈ a · training samples^−b. */
  readonly exponent: number;
  /** Infinite where 1,000 times as many would not do. */
  readonly add: number;
  readonly low: number;
  readonly high: number;
}

export interface NeedData {
  /** Training samples of the group. */
  readonly count: number;
  /** Losses of its held-out samples, and of held-out samples like them, of which training has `factor` times more. */
  readonly losses: Float64Array;
  readonly alike: Float64Array;
  readonly factor: number;
  /** The mean loss to reach. */
  readonly target: number;
}

/**
 * Returns how many samples to add to a group until its mean loss is `target`, where loss ≈ a · samples^−b. Samples like
 * the members show the loss at a density that is `factor` times larger, which gives b. The usual exponent ½ joins by
 * its precision, because few losses show little. The 80 % interval comes from resamples. Undefined without losses to
 * compare.
 */
export function estimateNeed(
  { count, losses, alike, factor, target }: NeedData,
  seed: number,
): Need | undefined {
  if (losses.length === 0 || alike.length === 0 || !(target > 0) || !(factor >= MIN_FACTOR)) return undefined;
  const random = seededRandom(seed, 122);
  const normal = (): number => normalQuantile((random() * 2 ** 32 + 0.5) / 2 ** 32);
  const toExponent = (group: number, others: number): number =>
    group > 0 && others > 0 ? Math.log(group / others) / Math.log(factor) : USUAL.mean;
  const resamples = Array.from({ length: RESAMPLES }, () => {
    const group = drawMean(losses, random);
    return { group, exponent: toExponent(group, drawMean(alike, random)) };
  });
  const center = resamples.reduce((sum, { exponent }) => sum + exponent / RESAMPLES, 0);
  const variance = resamples.reduce((sum, { exponent }) => sum + (exponent - center) ** 2 / RESAMPLES, 0);
  const trust = USUAL.deviation ** 2 / (USUAL.deviation ** 2 + variance);
  const mix = (exponent: number, usual: number): number => trust * exponent + (1 - trust) * usual;
  const grow = (b: number, loss: number): number => {
    if (loss <= target) return 0;
    const growth = b < MIN_EXPONENT ? Infinity : (loss / target) ** (1 / b);
    return growth > MAX_GROWTH ? Infinity : Math.max(1, count) * (growth - 1);
  };
  const needs = resamples
    .map(({ group, exponent }) => grow(mix(exponent, USUAL.mean + USUAL.deviation * normal()), group))
    .sort((a, b) => a - b);
  const at = (share: number): number => needs[Math.round(share * (needs.length - 1))]!;
  const own = mean(losses);
  const exponent = mix(toExponent(own, mean(alike)), USUAL.mean);
  return { exponent, add: grow(exponent, own), low: at(TAIL), high: at(1 - TAIL) };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function drawMean(values: Float64Array, random: () => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!;
  return sum / values.length;
}
