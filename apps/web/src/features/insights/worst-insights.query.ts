import { skipToken, useQuery } from '@tanstack/react-query';

/** Insights that are listed. */
const MAX_WORST = 3;
const OPEN = 'state != INSIGHT_STATE_DISMISSED AND state != INSIGHT_STATE_FIXED';

/** The most severe insights of a run that no member has dismissed or fixed. Their client is loaded on request. */
export const useWorstInsights = (projectId: string, runId: string | undefined) =>
  useQuery({
    queryKey: ['insight-list', projectId, runId, 'worst'],
    queryFn:
      runId === undefined
        ? skipToken
        : async ({ signal }) => {
            const { insights } = await import('../../api/insight-clients.js');
            const request = { projectId, runId, filter: OPEN, pageSize: MAX_WORST };
            return (await insights.listInsights(request, { signal })).insights;
          },
  });
