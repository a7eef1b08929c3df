import { type Interval, wilsonInterval } from '@noema/evaluation';
import { countBelow } from '@noema/kernel/sorted-search';

/** Largest expected share of false pairs, and their largest expected number where there are few pairs. */
const [FALSE_SHARE, FALSE_PAIRS] = [0.01, 1];
/** The null is fitted to this many pairs, the most similar ones below this quantile of the planted ones. */
const [NULL_PAIRS, PLANTED_END] = [40, 0.05];
/** Width of the intervals in which pairs are counted to find the end of the tail, and the fewest pairs behind it. */
const [VALLEY_STEP, MIN_LATER] = [0.5, 5];
/** The end is searched in this many times the pairs of the null. */
const WATCHED = 5;
/**
 * The rate of the tail comes from its upper quartile. A rate at the median of more than twice as much says that some of
 * the pairs are copies that the planted ones do not resemble, which make the tail look flat: then it is taken.
 */
const MAX_STEEPER = 2;
/** Smallest similarity that a threshold may have, and the smallest difference from 1 that counts. */
const [MIN_SIMILARITY, MIN_GAP] = [0.3, 1e-6];

/** The similarity from which two samples are copies, and what it finds. */
export interface CopyThreshold {
  readonly similarity: number;
  readonly planted: number;
  /** Share of planted copies that were found, with its 95 % interval. */
  readonly recall: number;
  readonly interval: Interval;
  /** Number of pairs at or above the threshold that are probably no copies. */
  readonly falsePairs: number;
}

/** Similarities near 1 on a scale on which the tail of unlike pairs is nearly exponential. */
const toScale = (similarity: number): number => -Math.log(Math.max(MIN_GAP, 1 - similarity));

/**
 * Sets the threshold with the largest recall of planted copies (−1 where a copy was no candidate) at which not more
 * than 1 % of the kept pairs are expected to be false. The number of false pairs above a similarity is extrapolated
 * from the most similar pairs below nearly all planted copies; their tail is exponential in −log(1 − similarity).
 */
export function setThreshold(planted: Float64Array, pairs: Float64Array): CopyThreshold {
  const copies = planted.map(toScale).sort();
  const found = copies.filter((scale) => scale > toScale(MIN_SIMILARITY));
  const all = pairs.map(toScale).sort();
  const countNull = fitTail(all, found[Math.floor(PLANTED_END * found.length)] ?? Infinity);
  let scale = found.find((one) => isClean(one, all, countNull));
  // No planted copy is similar enough: only equal ones are left.
  scale ??= toScale(1);
  const kept = copies.filter((one) => one >= scale).length;
  return {
    similarity: 1 - Math.exp(-scale),
    planted: planted.length,
    recall: planted.length === 0 ? NaN : kept / planted.length,
    interval: wilsonInterval(kept, planted.length),
    falsePairs: Math.min(countNull(scale), countFrom(all, scale)),
  };
}

function isClean(scale: number, all: Float64Array, countNull: (scale: number) => number): boolean {
  return countNull(scale) <= Math.max(FALSE_PAIRS, FALSE_SHARE * countFrom(all, scale));
}

/**
 * Returns the expected number of unlike pairs at or above a similarity: an exponential tail, cut off at `end`,
 * through the largest values below it. Infinite where the tail does not fall.
 */
function fitTail(all: Float64Array, end: number): (scale: number) => number {
  const valley = findValley(all.subarray(0, all.length - countFrom(all, end)), end);
  const below = all.subarray(0, all.length - countFrom(all, valley ?? end));
  let size = NULL_PAIRS;
  // The fit needs more pairs where the cut is within the tail: up to a third of the range below the median.
  while (
    size < below.length &&
    valley === undefined &&
    findExcess(below, size) > (end - below.at(-size)!) / 3
  )
    size *= 2;
  const tail = below.subarray(-size);
  const start = tail[0];
  if (start === undefined) return () => 0;
  const rateAt = (quantile: number): number =>
    truncatedRate(
      findExcess(below, tail.length, quantile),
      valley === undefined ? end - start : Infinity,
      quantile,
    );
  const [middle, upper] = [rateAt(0.5), rateAt(0.75)];
  const rate = middle > MAX_STEEPER * upper ? middle : upper;
  return (scale) => {
    // All pairs below the tail are unlike.
    if (scale < start) return tail.length + countFrom(all, scale) - countFrom(all, start);
    return rate > 0 ? tail.length * Math.exp(-rate * (scale - start)) : Infinity;
  };
}

/** Returns a quantile of the largest `size` values above the smallest of them; the median unless said. */
function findExcess(ascending: Float64Array, size: number, quantile = 0.5): number {
  const tail = ascending.subarray(-size);
  return tail[Math.floor(quantile * tail.length)]! - tail[0]!;
}

/**
 * Returns where the tail of unlike pairs ends below `end`: from there on, pairs grow no rarer, so that they are copies
 * which the planted ones do not resemble. Undefined where the tail falls up to `end`.
 */
function findValley(below: Float64Array, end: number): number | undefined {
  // Pairs that were given up have no similarity, which leaves a gap below the pairs that were compared.
  const tail = below.subarray(-WATCHED * NULL_PAIRS).filter((scale) => scale > toScale(MIN_SIMILARITY));
  const lowest = tail[0];
  if (lowest === undefined || !Number.isFinite(end)) return undefined;
  const count = (at: number): number => countFrom(tail, at) - countFrom(tail, at + VALLEY_STEP);
  let peak = lowest;
  for (let at = lowest; at + VALLEY_STEP < end; at += VALLEY_STEP) if (count(at) > count(peak)) peak = at;
  for (let at = peak; at + VALLEY_STEP < end; at += VALLEY_STEP) {
    const later = countFrom(tail, at + VALLEY_STEP);
    if (later < MIN_LATER) return undefined;
    if (count(at) <= later / ((end - at) / VALLEY_STEP - 1)) return at;
  }
  return undefined;
}

/**
 * Rate of an exponential distribution that is cut off at `length`, from the value of a quantile, which is the median
 * unless said; 0 if it does not fall.
 */
export function truncatedRate(value: number, length: number, quantile = 0.5): number {
  if (value >= length * quantile) return 0;
  let [low, high] = [0, -Math.log1p(-quantile) / Math.max(value, MIN_GAP)];
  for (let step = 0; step < 60; step++) {
    const rate = (low + high) / 2;
    if (Math.expm1(-rate * value) / Math.expm1(-rate * length) < quantile) low = rate;
    else high = rate;
  }
  return high;
}

/** Number of ascending values that are at least `from`. */
const countFrom = (ascending: Float64Array, from: number): number =>
  ascending.length - countBelow(ascending, from);
