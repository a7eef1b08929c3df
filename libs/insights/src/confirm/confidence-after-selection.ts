import { DEFAULT_CONFIDENCE } from '@noema/evaluation';

/**
 * Returns the confidence of each interval of the groups that were selected of all groups tried, so that 5 % of these
 * intervals fail: being reported selects large effects (false coverage rate, Benjamini & Yekutieli 2005).
 */
export const confidenceAfterSelection = (selected: number, tried: number): number =>
  1 - ((1 - DEFAULT_CONFIDENCE) * Math.max(1, selected)) / Math.max(1, tried);
