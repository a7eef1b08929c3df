import { Skeleton, Stack } from '@mantine/core';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import { IconBulb } from '@tabler/icons-react';
import type { useInsightSearches } from '../../features/insights/insights.query.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { summarizeSearch } from './search-summary.js';

/** Why a list has no insight: not searched yet, still searching, or nothing was confirmed. */
export function NothingView({
  ended,
  isWorking,
  searches,
}: {
  ended: InsightSearch | undefined;
  isWorking: boolean;
  searches: ReturnType<typeof useInsightSearches>;
}) {
  if (searches.error !== null && searches.data === undefined)
    return (
      <FaultView
        error={searches.error}
        retry={() => {
          void searches.refetch();
        }}
      />
    );
  if (searches.data === undefined) return <Skeleton h={120} role="status" aria-busy aria-label="loading" />;
  if (ended === undefined)
    return (
      <EmptyView icon={<IconBulb />} title={isWorking ? 'The search is at work' : 'Nothing was searched yet'}>
        {isWorking
          ? 'What it confirms is listed here when it has ended.'
          : 'A search looks for samples that fail together, wrong labels, copies, leaks and more.'}
      </EmptyView>
    );
  return (
    <EmptyView icon={<IconBulb />} title="Nothing was confirmed">
      <Stack gap={4}>
        {summarizeSearch(ended.outcomes).map((sentence) => (
          <span key={sentence}>{sentence}</span>
        ))}
      </Stack>
    </EmptyView>
  );
}
