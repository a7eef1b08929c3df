import type { EvaluationDocument, SampleTest } from '@noema/evaluation';

/** Returns the filter of the samples of a test: its slice and its own condition. */
export const testFilter = (
  { on, where }: Pick<SampleTest, 'on' | 'where'>,
  slices: EvaluationDocument['slices'],
): string => joinFilters(on === undefined ? '' : slices.get(on)!.where, where);

const joinFilters = (...filters: readonly string[]): string => {
  const used = filters.filter((filter) => filter.trim() !== '');
  return used.length < 2 ? (used[0] ?? '') : used.map((filter) => `(${filter})`).join(' AND ');
};
