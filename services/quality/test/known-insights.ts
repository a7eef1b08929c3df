import { InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { type Peer, peer } from '@noema/testing';

/** The insights service, as far as the quality service calls it. */
export class KnownInsights {
  /** Number of insights by run; a run that is not here was not searched. */
  readonly counts = new Map<string, number>();

  peers(): Peer[] {
    return [
      peer(InsightSearchService, {
        listInsightSearches: ({ runId }) => ({
          insightSearches: this.counts.has(runId)
            ? [
                {
                  ...{ state: JobState.SUCCEEDED, sampleCount: 1200, searchedCount: 1200 },
                  outcomes: [{ kind: 'leakage', title: 'Leakage', state: InsightOutcomeState.DONE }],
                },
              ]
            : [],
        }),
      }),
      peer(InsightService, {
        listInsights: ({ runId }) => ({
          insights: Array.from({ length: this.counts.get(runId) ?? 0 }, () => ({
            ...{ kind: 'leakage', state: InsightState.CONFIRMED, sentence: '3 twins across splits.' },
          })),
        }),
      }),
    ];
  }
}
