import { ActionIcon, Box, Group, SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { IconLayoutSidebarRightCollapse } from '@tabler/icons-react';
import { Suspense, useEffect, useState } from 'react';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { whenIdle } from '../../../parts/when-idle.js';
import { formatVersion } from '../maps/version-choice.js';
import { usePopulation } from '../model/population-context.js';
import type { Column } from '../points/column.js';
import type { PointOrder } from '../points/point-cache.js';
import { codeAt, nameAt, numberAt } from '../points/point-facts.js';
import type { DetailsProps } from './details.view.js';
import { OverviewTabView } from './overview-tab.view.js';
import { type SelectionPart, useSelectedSamples } from './selected-samples.state.js';

const DetailsView = lazyPart(async () => ({ default: (await import('./details.view.js')).DetailsView }));
const SelectionTabView = lazyPart(async () => ({
  default: (await import('./selection-tab.view.js')).SelectionTabView,
}));
const SimilarPanelView = lazyPart(async () => ({
  default: (await import('./similar-panel.view.js')).SimilarPanelView,
}));

const VersionsPanelView = lazyPart(async () => ({
  default: (await import('../versions/versions-panel.view.js')).VersionsPanelView,
}));

type Tab = 'sample' | 'similar' | 'selection' | 'versions' | 'overview';
const TITLES: Readonly<Record<Tab, string>> = {
  sample: 'Sample',
  similar: 'Similar',
  selection: 'Selection',
  versions: 'A | B',
  overview: 'Overview',
};

/** The current subject: a sample, similar samples, a selection; otherwise suggestions. */
export function RightPanelView() {
  const {
    projectId,
    version,
    map,
    scope,
    order,
    points: { columns },
    state,
    set,
    openRow: onOpen,
    setSimilar: onFound,
  } = usePopulation();
  const selection = useSelectedSamples();
  const [wanted, setWanted] = useState<Tab>('overview');
  const [part, setPart] = useState<SelectionPart>('differences');
  const like = state.like.join(',');
  useEffect(() => {
    if (state.row !== undefined) setWanted('sample');
  }, [state.row]);
  useEffect(() => {
    if (like !== '') setWanted('similar');
  }, [like]);
  useEffect(() => {
    if (state.selection !== '') setWanted('selection');
  }, [state.selection]);
  const versus = state.versus === undefined ? '' : formatVersion(state.versus);
  useEffect(() => {
    if (versus !== '') setWanted('versions');
  }, [versus]);
  // The first click on a dot finds the details there.
  useEffect(() => whenIdle(() => void DetailsView.preload()), []);
  const tabs: Tab[] = [
    ...(state.row === undefined || scope === undefined ? [] : ['sample' as const]),
    ...(like === '' || scope === undefined ? [] : ['similar' as const]),
    ...(selection === undefined ? [] : ['selection' as const]),
    ...(state.versus === undefined ? [] : ['versions' as const]),
    'overview',
  ];
  const tab = tabs.includes(wanted) ? wanted : tabs[0]!;
  useEffect(() => {
    if (like === '') onFound([]);
  }, [like, onFound]);
  return (
    <Stack gap="sm" p="sm">
      <Group justify="space-between" wrap="nowrap" gap={6}>
        <SegmentedControl
          size="xs"
          aria-label="What the panel shows"
          data={tabs.map((value) => ({ value, label: TITLES[value] }))}
          value={tab}
          onChange={(value) => {
            setWanted(value);
          }}
        />
        <ActionIcon
          size={32}
          variant="subtle"
          color="gray"
          aria-label="Fold the right panel"
          onClick={() => {
            set({ right: false }, 'replace');
          }}
        >
          <IconLayoutSidebarRightCollapse size={16} />
        </ActionIcon>
      </Group>
      {tab === 'sample' && state.row !== undefined && scope !== undefined && (
        <Suspense fallback={<Skeleton h={380} />}>
          <DetailsView
            projectId={projectId}
            scope={scope}
            row={state.row}
            population={version.sampleCount}
            classNames={version.classNames}
            known={findKnown(order, columns, state.row)}
            onClose={() => {
              onOpen(undefined);
            }}
            onSimilar={() => {
              set({ like: [state.row!] });
            }}
          />
        </Suspense>
      )}
      {like !== '' && scope !== undefined && order !== undefined && map !== undefined && (
        <Box hidden={tab !== 'similar'}>
          <Suspense fallback={<Skeleton h={380} />}>
            <SimilarPanelView
              projectId={projectId}
              scope={scope}
              activationSetId={map.activationSetId}
              rows={state.like}
              weighting={state.weigh}
              onWeighting={(weigh) => {
                set({ weigh });
              }}
              ownClass={codeAt(columns.get('true_class'), order.toPoint(state.like[0]!))}
              onFound={onFound}
              onOpen={onOpen}
              onAdd={(row) => {
                set({ like: [...state.like.filter((one) => one !== row), row] });
              }}
              onClose={() => {
                set({ like: [], weigh: '' });
              }}
            />
          </Suspense>
        </Box>
      )}
      {tab === 'selection' && selection === 'sought' && (
        <Skeleton h={380} role="status" aria-label="Loading the selection" />
      )}
      {tab === 'selection' && typeof selection === 'object' && (
        <Suspense fallback={<Skeleton h={380} />}>
          <SelectionTabView {...selection} part={part} onPart={setPart} />
        </Suspense>
      )}
      {tab === 'versions' && (
        <Suspense fallback={<Skeleton h={380} />}>
          <VersionsPanelView />
        </Suspense>
      )}
      {tab === 'overview' && <OverviewTabView />}
    </Stack>
  );
}

function findKnown(
  order: PointOrder | undefined,
  columns: ReadonlyMap<string, Column>,
  row: number,
): DetailsProps['known'] {
  const point = order === undefined || row >= order.count ? -1 : order.toPoint(row);
  return {
    label: nameAt(columns.get('true_class'), point),
    prediction: nameAt(columns.get('predicted_class'), point),
    loss: numberAt(columns.get('loss'), point),
  };
}
