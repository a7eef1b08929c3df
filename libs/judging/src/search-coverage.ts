import {
  type InsightOutcome,
  InsightOutcomeState,
  type InsightSearch,
} from '@noema/contracts/noema/insights/v1/insight_search';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { InsightCondition } from '@noema/evaluation';

/** Which of some kinds the searches of an epoch cover. */
export interface SearchCoverage {
  /** Why nothing can be said; undefined if at least one kind was searched. */
  readonly refusal: string | undefined;
  /** Sentences on kinds that were not searched, although a test is about them. */
  readonly gaps: readonly string[];
  /** Sentences on what else limits the searches. */
  readonly notes: readonly string[];
  /** Number of samples that were searched. */
  readonly n: number;
}

const KIND = ['kind'];

/** Reads which of the kinds that conditions allow were searched. `searches` have the newest first. */
export function readCoverage(
  searches: readonly InsightSearch[],
  conditions: readonly InsightCondition[],
  epoch: number,
): SearchCoverage {
  const done = searches.filter(({ state }) => state === JobState.SUCCEEDED);
  const none = { gaps: [], notes: [], n: 0 };
  if (done.length === 0) return { ...none, refusal: explainNoSearch(searches, epoch) };
  const named = conditions.filter(({ field }) => KIND.includes(field));
  const newest = findNewest(done);
  const covered = [...newest.values()].filter(({ outcome }) => isMeant(outcome.kind, named));
  if (covered.length === 0) {
    const wanted = named.map(({ comparator, value }) => `${comparator} ${value}`).join(' and ');
    const known = [...newest.keys()].join(', ');
    return {
      ...none,
      refusal: `no search after epoch ${epoch} was for a kind ${wanted}; searched: ${known}`,
    };
  }
  const isNamed = named.some(({ comparator }) => comparator === '=');
  const skipped = covered.filter(({ outcome }) => outcome.state === InsightOutcomeState.SKIPPED);
  const failed = covered.filter(({ outcome }) => outcome.state === InsightOutcomeState.FAILED);
  const searched = covered.filter(({ outcome }) => outcome.state === InsightOutcomeState.DONE);
  const part = searched.find(({ search }) => search.searchedCount < search.sampleCount)?.search;
  const describe = ({ outcome }: (typeof covered)[number]): string =>
    `${outcome.title} was not searched: ${outcome.fault?.message ?? outcome.reason}`;
  const gaps = [...failed, ...(isNamed || searched.length === 0 ? skipped : [])].map(describe);
  return {
    refusal: undefined,
    gaps,
    notes: [
      ...(isNamed || skipped.length === 0
        ? []
        : [
            `skipped, because the data lack something: ${skipped.map(({ outcome }) => outcome.title).join(', ')}`,
          ]),
      ...(part === undefined
        ? []
        : [`${part.searchedCount} of ${part.sampleCount} samples were drawn for the search`]),
    ],
    n: Math.max(0, ...searched.map(({ search }) => search.searchedCount)),
  };
}

interface NewestOutcome {
  readonly search: InsightSearch;
  readonly outcome: InsightOutcome;
}

/** The newest outcome of each kind; one that was searched counts more than one that was skipped or failed. */
function findNewest(searches: readonly InsightSearch[]): ReadonlyMap<string, NewestOutcome> {
  const newest = new Map<string, NewestOutcome>();
  for (const search of searches)
    for (const outcome of search.outcomes) {
      const before = newest.get(outcome.kind)?.outcome.state;
      const isBetter = outcome.state === InsightOutcomeState.DONE && before !== InsightOutcomeState.DONE;
      if (before === undefined || isBetter) newest.set(outcome.kind, { search, outcome });
    }
  return newest;
}

const isMeant = (kind: string, conditions: readonly InsightCondition[]): boolean =>
  conditions.every(({ comparator, value }) => (comparator === '=') === (kind === value));

function explainNoSearch(searches: readonly InsightSearch[], epoch: number): string {
  const active = [JobState.QUEUED, JobState.RUNNING];
  if (searches.some(({ state }) => active.includes(state)))
    return `the search for insights after epoch ${epoch} has not ended; test again when it has`;
  const fault = searches.find(({ state }) => state === JobState.FAILED)?.fault;
  if (fault !== undefined) return `the search for insights after epoch ${epoch} failed: ${fault.message}`;
  return (
    `the run was not searched for insights after epoch ${epoch}; the platform starts a search when everything of ` +
    'the epoch is ready, and noema insights search starts one'
  );
}
