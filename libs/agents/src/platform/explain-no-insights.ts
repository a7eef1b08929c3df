import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Emptiness } from '../answer/answer.js';
import { sentence } from '../answer/fence.js';
import type { AgentContext } from '../tool.js';

/** Returns why a project, or a run, has no insights to list, by its newest search. */
export async function explainNoInsights(
  { platform }: AgentContext,
  {
    projectId,
    runId,
    hints,
  }: { readonly projectId: string; readonly runId: string; readonly hints: boolean },
): Promise<Emptiness> {
  const { insightSearches } = await platform.insightSearches.listInsightSearches({
    projectId,
    runId,
    pageSize: 1,
  });
  const search = insightSearches[0];
  if (search === undefined)
    return {
      reason: 'no run was searched for insights yet',
      next_step: 'train a run: each run that succeeds is searched; jobs lists the work',
    };
  if (search.state === JobState.FAILED)
    return {
      reason: sentence`the newest search failed: ${search.fault?.message ?? ''}`,
      next_step: 'look at jobs {"service": "insights", "state": "failed"}',
    };
  if (search.state !== JobState.SUCCEEDED)
    return {
      reason: 'the newest search has not ended',
      next_step: 'call jobs until it has ended, then again',
    };
  const tried = search.outcomes.reduce((sum, outcome) => sum + outcome.tried, 0);
  const skipped = search.outcomes.filter(({ reason }) => reason !== '');
  return {
    reason:
      `the newest search tried ${tried} candidates of ${search.outcomes.length - skipped.length} kinds and ` +
      `confirmed ${search.insightCount}; ${skipped.length} kinds were skipped, because the data lack something`,
    next_step:
      search.hintCount > 0 && !hints
        ? `list its ${search.hintCount} hints with "hints": true, which no held-out sample has confirmed`
        : 'look for failures yourself: query {"reduce": "confusion"}, and samples with the highest loss',
  };
}
