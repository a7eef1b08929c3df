import type { SimilarSample } from '@noema/contracts/noema/similarity/v1/similar_sample';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';

/** Which of the results are shown. */
export interface ResultFilter {
  /** Only this label; -1 for those without one, undefined for all. */
  readonly label: number | undefined;
  readonly verdict: 'all' | 'right' | 'wrong';
}

export const ALL_RESULTS: ResultFilter = { label: undefined, verdict: 'all' };

/** Results that meet the filter, in their order; what the model said about a row decides. */
export function filterResults(
  similar: readonly SimilarSample[],
  evaluations: ReadonlyMap<number, SampleEvaluation> | undefined,
  { label, verdict }: ResultFilter,
): SimilarSample[] {
  if (label === undefined && verdict === 'all') return [...similar];
  return similar.filter(({ row }) => {
    const evaluation = evaluations?.get(row);
    if (evaluation === undefined) return false;
    if (label !== undefined && evaluation.trueClass !== label) return false;
    return verdict === 'all' || (evaluation.trueClass >= 0 && evaluation.correct === (verdict === 'right'));
  });
}
