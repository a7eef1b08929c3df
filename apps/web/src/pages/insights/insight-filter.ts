import { type Insight, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Run } from '@noema/contracts/noema/training/v1/run';

/** Choices of the state of insights that a list shows; hints are apart. */
export const STATE_CHOICES = [
  { value: 'open', label: 'open' },
  { value: 'approved', label: 'approved' },
  { value: 'dismissed', label: 'dismissed' },
  { value: 'fixed', label: 'fixed' },
  { value: 'all', label: 'all states' },
] as const;

const CLOSED: Readonly<Record<string, InsightState>> = {
  approved: InsightState.APPROVED,
  dismissed: InsightState.DISMISSED,
  fixed: InsightState.FIXED,
};

/** An output that a list shows, '' for all. Insights and searches that name none belong to the first output. */
export interface ShownOutput {
  readonly output: string;
  readonly isFirst: boolean;
}

/** Whether an insight or a search, by the name of its output, belongs to the output that a list shows. */
export const isOfOutput = (name: string, { output, isFirst }: ShownOutput): boolean =>
  output === '' || name === output || (name === '' && isFirst);

/** Whether a list shows an insight; `open` is everything that no member has dismissed or fixed. */
export function isListed(
  { kind, state, output }: Pick<Insight, 'kind' | 'state' | 'output'>,
  wanted: { readonly kind: string; readonly state: string; readonly output: ShownOutput },
): boolean {
  if (wanted.kind !== '' && kind !== wanted.kind) return false;
  if (!isOfOutput(output, wanted.output)) return false;
  if (wanted.state === 'all') return true;
  const closed = CLOSED[wanted.state];
  return closed === undefined
    ? state !== InsightState.DISMISSED && state !== InsightState.FIXED
    : state === closed;
}

/** Whether the search found it as a hint, and members took it up: no other half of the data confirms it. */
export const isAcceptedHint = ({ foundState, state }: Pick<Insight, 'foundState' | 'state'>): boolean =>
  foundState === InsightState.HINT && state !== InsightState.HINT;

/** Number of hints of the newest search of each output that is shown. `searches` have the newest first. */
export function countHints(
  searches: readonly Pick<InsightSearch, 'state' | 'output' | 'hintCount'>[],
  shown: ShownOutput,
): number {
  const newest = new Map<string, number>();
  for (const search of searches)
    if (search.state === JobState.SUCCEEDED && !newest.has(search.output))
      newest.set(search.output, search.hintCount);
  return [...newest].reduce((sum, [output, hints]) => (isOfOutput(output, shown) ? sum + hints : sum), 0);
}

/** Whether an output is the first one of a listed run, or of all runs that have it. */
export const isFirstOutput = (
  runs: readonly Pick<Run, 'id' | 'objectives'>[],
  runId: string,
  output: string,
): boolean => {
  const having = runs.filter(({ objectives }) => objectives.some((one) => one.output === output));
  const listed = having.some(({ id }) => id === runId) ? having.filter(({ id }) => id === runId) : having;
  return listed.length > 0 && listed.every(({ objectives }) => objectives[0]?.output === output);
};

/** The outputs that insights are about, where at least one names an output. */
export const listInsightOutputs = (insights: readonly Pick<Insight, 'output'>[]): readonly string[] =>
  [...new Set(insights.map(({ output }) => output))].filter((output) => output !== '').sort();

/** The kinds of insights, by title, each with its number. */
export function countKinds(
  insights: readonly Pick<Insight, 'kind' | 'kindTitle'>[],
): readonly { readonly kind: string; readonly title: string; readonly count: number }[] {
  const kinds = new Map<string, { kind: string; title: string; count: number }>();
  for (const { kind, kindTitle } of insights) {
    const known = kinds.get(kind) ?? { kind, title: kindTitle || kind, count: 0 };
    known.count++;
    kinds.set(kind, known);
  }
  return [...kinds.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
}
