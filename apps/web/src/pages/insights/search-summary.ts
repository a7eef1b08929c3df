import { type InsightOutcome, InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { count, counted } from '../../parts/numbers.js';

/** Sums a search up in sentences: candidates, skipped kinds with the reason, failed kinds. */
export function summarizeSearch(outcomes: readonly InsightOutcome[]): string[] {
  const ended = (state: InsightOutcomeState): readonly InsightOutcome[] =>
    outcomes.filter((outcome) => outcome.state === state);
  const done = ended(InsightOutcomeState.DONE);
  const tried = done.reduce((sum, outcome) => sum + outcome.tried, 0);
  const confirmed = done.reduce((sum, outcome) => sum + outcome.confirmed, 0);
  const name = ({ title, kind }: InsightOutcome): string => title || kind;
  return [
    `${count(confirmed)} of ${counted(tried, 'candidate')} confirmed in ${counted(done.length, 'kind')}.`,
    ...ended(InsightOutcomeState.SKIPPED).map((one) => `${name(one)} was skipped: ${one.reason}`),
    ...ended(InsightOutcomeState.FAILED).map(
      (one) => `${name(one)} failed: ${one.fault?.message ?? 'the reason is unknown.'}`,
    ),
  ];
}

/** Remarks of more than two kinds, which a report has once. */
export function findCommon(outcomes: readonly Pick<InsightOutcome, 'remarks'>[]): string[] {
  const counts = new Map<string, number>();
  for (const { remarks } of outcomes)
    for (const remark of new Set(remarks)) counts.set(remark, (counts.get(remark) ?? 0) + 1);
  return [...counts].filter(([, kinds]) => kinds > 2).map(([remark]) => remark);
}
