import { DomainError } from '@noema/kernel/domain-error';
import { checkOpenShare } from '../evaluation.errors.js';
import { DEFAULT_CONFIDENCE, type Interval } from '../statistics/interval.js';
import { logitInterval } from '../statistics/logit-interval.js';
import { areaUnderRoc, averagePrecision } from './curves.js';
import type { RankedCounts } from './ranking.js';

/** Positives and negatives below which an area has no interval: fewer make it too narrow. */
export const MIN_OF_AREA = 20;

/** An area under a curve; `interval` is undefined where `note` has the reason. */
export interface Area {
  readonly value: number;
  readonly interval: Interval | undefined;
  readonly note?: string | undefined;
}

/**
 * Returns the average precision with its interval on the scale of logits (Boyd, Eng & Page 2013). Its variance is
 * the sum of the squared influences of all samples (infinitesimal jackknife, Efron 1982): one pass over the scores,
 * where resampling needs a thousand. Counts must be whole. Throws `invalid` OPTION_INVALID.
 */
export function estimateAveragePrecision(
  ranked: RankedCounts,
  confidence: number = DEFAULT_CONFIDENCE,
): Area {
  const { truePositives, falsePositives, positives, negatives } = ranked;
  const value = averagePrecision(ranked);
  let [ofPositive, ofNegative, variance] = [0, 0, 0];
  for (let at = truePositives.length - 1; at >= 0; at--) {
    const hits = truePositives[at]!;
    const misses = falsePositives[at]!;
    const own = hits - (truePositives[at - 1] ?? 0);
    const other = misses - (falsePositives[at - 1] ?? 0);
    const above = hits + misses;
    // Every sample at or above this score changes the precision here.
    ofPositive += (own * misses) / above ** 2;
    ofNegative += (own * hits) / above ** 2;
    variance +=
      own * ((hits / above + ofPositive - value) / positives) ** 2 + other * (ofNegative / positives) ** 2;
  }
  const n = positives + negatives;
  return withInterval(value, (variance * n) / (n - 1), ranked, confidence);
}

/**
 * Returns the area under the ROC curve with its interval on the scale of logits; its variance is the one of DeLong,
 * DeLong & Clarke-Pearson (1988). Counts must be whole. Throws `invalid` OPTION_INVALID.
 */
export function estimateAreaUnderRoc(ranked: RankedCounts, confidence: number = DEFAULT_CONFIDENCE): Area {
  const { truePositives, falsePositives, positives, negatives } = ranked;
  const value = areaUnderRoc(ranked);
  let [ofPositives, ofNegatives] = [0, 0];
  truePositives.forEach((hits, at) => {
    const [before, passed] = [truePositives[at - 1] ?? 0, falsePositives[at - 1] ?? 0];
    const [own, other] = [hits - before, falsePositives[at]! - passed];
    ofPositives += own * ((negatives - passed - other / 2) / negatives - value) ** 2;
    ofNegatives += other * ((before + own / 2) / positives - value) ** 2;
  });
  const variance = ofPositives / (positives - 1) / positives + ofNegatives / (negatives - 1) / negatives;
  return withInterval(value, variance, ranked, confidence);
}

function withInterval(
  value: number,
  variance: number,
  { positives, negatives }: RankedCounts,
  confidence: number,
): Area {
  checkOpenShare('confidence', confidence);
  if (!Number.isInteger(positives) || !Number.isInteger(negatives))
    throw new DomainError(
      'invalid',
      'OPTION_INVALID',
      `there are ${positives} positives and ${negatives} negatives; an interval needs samples without weights`,
    );
  if (positives < MIN_OF_AREA || negatives < MIN_OF_AREA)
    return {
      value,
      interval: undefined,
      note: `no interval with fewer than ${MIN_OF_AREA} samples of the class or of others`,
    };
  // Rounding can leave a little less than 1.
  if (!(value > 1e-12 && value < 1 - 1e-12))
    return { value, interval: undefined, note: 'no interval: the scores separate all samples' };
  if (!(variance > 0))
    return { value, interval: undefined, note: 'no interval: all samples have the same score' };
  return { value, interval: logitInterval(value, variance, confidence) };
}
