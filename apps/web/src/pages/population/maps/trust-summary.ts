import type { TrustNumbers } from '@noema/contracts/noema/projection/v1/exploration';
import { part } from '../../../parts/numbers.js';

/** Lowest trustworthiness and continuity of a map that is called good, and of one that is called fair. */
export const GOOD_FROM = 0.95;
export const FAIR_FROM = 0.85;

/** Reason of a warning that speaks of the labels, not of the map. */
export const LABELS_ABSENT = 'LABELS_ABSENT';

/** Trust of a map in one number and one word. */
export interface TrustSummary {
  /** The lower of trustworthiness and continuity as `98.6%`; `–` before they are measured. */
  readonly value: string;
  readonly grade: 'good' | 'fair' | 'low' | undefined;
}

/** Sums up the trust of a map; a map that is no better than random positions is low whatever its number. */
export function summarizeTrust(
  trust: Pick<TrustNumbers, 'trustworthiness' | 'continuity'> | undefined,
  warnings: readonly { readonly reason: string }[],
): TrustSummary {
  if (trust === undefined) return { value: '–', grade: undefined };
  const lower = Math.min(trust.trustworthiness, trust.continuity);
  if (!Number.isFinite(lower)) return { value: '–', grade: undefined };
  const isRandom = warnings.some(({ reason }) => reason === 'NO_BETTER_THAN_RANDOM');
  const grade = isRandom || lower < FAIR_FROM ? 'low' : lower < GOOD_FROM ? 'fair' : 'good';
  return { value: part(lower), grade };
}
