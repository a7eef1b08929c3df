import { Code, Stack, Text } from '@mantine/core';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import { chanceText } from '../../features/insights/insight-text.js';
import { useInsightSearch } from '../../features/insights/insights.query.js';
import { useRuns } from '../../features/runs/run.query.js';
import { count, counted, part } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { TimeView } from '../../parts/time.view.js';

const BY: Readonly<Record<string, string>> = {
  conditions: 'conditions on the sample',
  ball: 'a region of a perception space: a distance to a center',
  normal: 'a region of a perception space: a density',
  score: 'a limit on the score of the kind',
  pairs: 'a limit on the similarity of pairs',
};

/** The recipe of an insight: the search, the number of candidates, and who belongs to it. */
export function RecipeView({ insight }: { insight: Insight }) {
  const search = useInsightSearch(insight.insightSearchId);
  const runs = useRuns(insight.projectId).data ?? [];
  const { membership, tried, pValue, qValue, kind, firstRunId, firstEpoch } = insight;
  const by = membership?.function?.['by'];
  return (
    <Stack gap={6} fz="sm">
      <span>
        {counted(tried, 'candidate')} of this kind {tried === 1 ? 'was' : 'were'} tested
        {pValue !== undefined && qValue !== undefined
          ? `; the chance of such an effect by luck is ${chanceText(pValue)}, adjusted for all of them ` +
            `${chanceText(qValue)}.`
          : '.'}
      </span>
      {firstRunId !== '' && (
        <span>
          First found in {runs.find(({ id }) => id === firstRunId)?.displayName ?? 'a deleted run'}, epoch{' '}
          {firstEpoch}; this one <TimeView at={insight.createTime} />.
        </span>
      )}
      {membership !== undefined && typeof by === 'string' && insight.memberCount > 0 && (
        <span>Who belongs to it is decided by {BY[by] ?? by}.</span>
      )}
      {membership !== undefined && membership.filter !== '' && (
        <span>
          As a filter: <Code style={{ overflowWrap: 'anywhere' }}>{membership.filter}</Code>
        </span>
      )}
      <QueryView query={search} lines={2}>
        {(found) => {
          const recipe = found?.recipe;
          const own = recipe?.kinds.find(({ key }) => key === kind);
          return (
            found !== undefined &&
            recipe !== undefined && (
              <>
                <span>
                  {found.searchedCount < found.sampleCount
                    ? `${count(found.searchedCount)} of ${counted(found.sampleCount, 'sample')} were searched`
                    : `${counted(found.searchedCount, 'sample')} were searched`}
                  , seed {recipe.seed}; at most {part(recipe.q)} of the confirmed insights of a kind are
                  false.
                </span>
                {own !== undefined && (
                  <span>
                    Algorithm version {own.version}
                    {Object.keys(own.parameters ?? {}).length > 0 && (
                      <>
                        , parameters{' '}
                        <Code style={{ overflowWrap: 'anywhere' }}>{JSON.stringify(own.parameters)}</Code>
                      </>
                    )}
                  </span>
                )}
              </>
            )
          );
        }}
      </QueryView>
      {insight.previousInsightId !== '' && (
        <Text size="sm" c="dimmed">
          State, note and verdicts were taken over from the search before.
        </Text>
      )}
    </Stack>
  );
}
