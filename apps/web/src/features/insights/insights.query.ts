import {
  type Insight,
  type InsightMember,
  type InsightState,
} from '@noema/contracts/noema/insights/v1/insight';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { insights, insightSearches } from '../../api/insight-clients.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen } from '../../parts/states.js';
import { toUpdateMask } from '../../parts/update-mask.js';
import { MOVING_MS } from '../runs/run.query.js';

/** Insights that a list shows at most. */
export const MAX_INSIGHTS = 1_000;
/** Members of an insight that a gallery shows at most, the first in the order of the insight. */
export const MAX_MEMBERS = 5_000;
const PAGE = 1_000;

/** The insights of a project, or of one of its runs, the most severe first. Without hints unless wanted. */
export const useInsights = (projectId: string, runId = '', includeHints = false) =>
  useQuery({
    queryKey: ['insight-list', projectId, runId, includeHints],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) =>
          insights.listInsights({ projectId, runId, includeHints, pageSize: PAGE, pageToken }, { signal }),
        (page) => page.insights,
        MAX_INSIGHTS,
      ),
  });

/** One insight with its tables and its trend. */
export const useInsight = (insightId: string) =>
  useQuery({
    queryKey: ['insight', insightId],
    queryFn: ({ signal }) => insights.getInsight({ insightId }, { signal }),
    select: ({ insight }) => insight,
  });

/** The newest searches of a project, or of a run; requested again while one is at work. */
export const useInsightSearches = (projectId: string, runId = '', enabled = true) =>
  useQuery({
    queryKey: ['insight-searches', projectId, runId],
    queryFn: enabled
      ? async ({ signal }) =>
          (await insightSearches.listInsightSearches({ projectId, runId, pageSize: 20 }, { signal }))
            .insightSearches
      : skipToken,
    refetchInterval: ({ state }) =>
      state.data?.some((search: InsightSearch) => jobIsOpen(search.state)) === true ? MOVING_MS : false,
  });

/** Whether the runs of a project are searched by themselves. */
export const useInsightSettings = (projectId: string) =>
  useQuery({
    queryKey: ['insight-settings', projectId],
    queryFn: ({ signal }) => insightSearches.getInsightSettings({ projectId }, { signal }),
    select: ({ insightSettings }) => insightSettings,
  });

/** One search. */
export const useInsightSearch = (insightSearchId: string) =>
  useQuery({
    queryKey: ['insight-search', insightSearchId],
    queryFn: ({ signal }) => insightSearches.getInsightSearch({ insightSearchId }, { signal }),
    select: ({ insightSearch }) => insightSearch,
  });

/** The members of an insight. */
export interface Members {
  /** In the order of the insight, at most `MAX_MEMBERS`. */
  readonly list: readonly InsightMember[];
  readonly total: number;
  /** Rows of all members. */
  readonly bitmap: Uint8Array;
}

export const useInsightMembers = (insightId: string) =>
  useQuery({
    queryKey: ['insight-members', insightId],
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<Members> => {
      const list: InsightMember[] = [];
      let [bitmap, total, pageToken] = [new Uint8Array() as Uint8Array, 0, ''];
      do {
        const page = await insights.listInsightMembers(
          { insightId, pageSize: PAGE, pageToken, includeBitmap: list.length === 0 },
          { signal },
        );
        list.push(...page.members);
        if (page.bitmap.length > 0) bitmap = page.bitmap;
        [total, pageToken] = [page.totalSize, page.nextPageToken];
      } while (pageToken !== '' && list.length < MAX_MEMBERS);
      return { list, total, bitmap };
    },
  });

/** Fields of an insight that members change. */
export type InsightChanges = Partial<{
  state: InsightState;
  note: string;
  issueId: string;
  sliceId: string;
}>;

/** Starts searches and changes insights; lists load again after each. */
export function useInsightActions(projectId: string) {
  const client = useQueryClient();
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['insight-list', projectId] });
  return {
    /** An empty group field is the one that the data name, an empty output the first one. */
    search: async (runId: string, { groupField = '', output = '' } = {}) => {
      const { insightSearch } = await insightSearches.createInsightSearch({
        ...{ projectId, runId, groupField, output },
      });
      await client.invalidateQueries({ queryKey: ['insight-searches', projectId] });
      return insightSearch;
    },
    /** Deletes a search with its insights; it lists the replaced ones again. */
    remove: async (insightSearchId: string) => {
      await insightSearches.deleteInsightSearch({ insightSearchId });
      await Promise.all([
        changed(),
        client.invalidateQueries({ queryKey: ['insight'] }),
        client.invalidateQueries({ queryKey: ['insight-searches', projectId] }),
      ]);
    },
    setAutomatic: async (settings: { searchAfterRuns: boolean } | { searchAfterEpochs: boolean }) => {
      await insightSearches.updateInsightSettings({ insightSettings: { projectId, ...settings } });
      await client.invalidateQueries({ queryKey: ['insight-settings', projectId] });
    },
    /** After a search has ended. */
    refresh: () =>
      Promise.all([changed(), client.invalidateQueries({ queryKey: ['insight-searches', projectId] })]),
    update: async ({ id, etag }: Pick<Insight, 'id' | 'etag'>, change: InsightChanges) => {
      const { insight } = await insights.updateInsight({
        // The etag refuses to overwrite the change of another person.
        insight: { id, etag, ...change },
        updateMask: toUpdateMask(change),
      });
      // The response has neither tables nor trend.
      await Promise.all([client.invalidateQueries({ queryKey: ['insight', id] }), changed()]);
      return insight;
    },
  };
}
