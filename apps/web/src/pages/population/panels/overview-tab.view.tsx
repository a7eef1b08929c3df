import { Box, Skeleton, Stack, Text } from '@mantine/core';
import { Suspense } from 'react';
import { toComparedRun } from '../../../features/selection/compared-run.js';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { usePopulation } from '../model/population-context.js';
import { withRows } from '../selection/filters.js';
import { findSliceId } from '../selection/selection-mask.js';
import { HIGHEST, HighestLossesView } from './highest-losses.view.js';

const SlicesView = lazyPart(async () => ({
  default: (await import('../../../features/selection/slices.view.js')).SlicesView,
}));

/** How high the highest losses are, in pixels, so that nothing moves when they come. */
const HIGHEST_PX = 270;

/** Samples and slices to begin with, while nothing else is looked at. */
export function OverviewTabView() {
  const { run, version, map, scope, order, points, state, later, set, openRow } = usePopulation();
  const shown = later.within;
  return (
    <Stack gap="lg">
      {scope !== undefined && run.noLossReason === '' && (
        <div>
          <Text size="xs" fw={600} mb={6}>
            Highest loss {shown === undefined ? '' : 'of what is shown'}
          </Text>
          <Box mih={version.sampleCount < HIGHEST ? undefined : HIGHEST_PX}>
            {order !== undefined && (
              <HighestLossesView
                scope={scope}
                order={order}
                columns={points.columns}
                shown={shown}
                onOpen={openRow}
              />
            )}
          </Box>
        </div>
      )}
      <div>
        <Text size="xs" fw={600} mb={6}>
          Slices
        </Text>
        <Suspense fallback={<Skeleton h={32} />}>
          <SlicesView
            datasetVersionId={version.id}
            current={findSliceId(state.selection)}
            run={toComparedRun(run, map?.epoch)}
            onSelect={(id) => {
              set({ selection: `slice:${id}` });
            }}
            onFilter={(id) => {
              set({ filters: withRows(state.filters, `slice:${id}`), selection: '' });
            }}
          />
        </Suspense>
      </div>
      <Text size="xs" c="dimmed">
        Point at a dot to see its sample, click to open it, Shift + click to collect several for a similarity
        search. Press L for the lasso, ? for all keys.
      </Text>
    </Stack>
  );
}
