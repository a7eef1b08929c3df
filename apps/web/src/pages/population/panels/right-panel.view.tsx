import {
  ActionIcon,
  Box,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconLayoutSidebarRightCollapse } from '@tabler/icons-react';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { counted, value as numberText } from '../../../parts/numbers.js';
import { useDatasetVersion } from '../../../features/sample/dataset-version.query.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { hasPictures } from '../../../features/sample/visual-sheet.js';
import { toComparedRun } from '../../../features/selection/compared-run.js';
import { useSlices } from '../../../features/selection/slices.query.js';
import { subjectOf } from '../../../features/selection/subject.js';
import { type BitMask, countBits, rowBitmap } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { formatVersion } from '../maps/version-choice.js';
import type { DetailsProps } from './details.view.js';
import { withFilter } from '../selection/filters.js';
import { addressOf, codeAt, nameAt, numberAt } from '../points/point-facts.js';
import { highest } from '../points/loss-rank.js';
import { rowsBefore } from '../points/placed-rows.js';
import type { PointOrder, PointScope } from '../points/point-cache.js';
import { codeOfPoints, findSliceId } from '../selection/selection-mask.js';
import { useRows } from '../points/sample-row.query.js';
import { SHEETS_UP_TO } from '../points/sheets.query.js';
import styles from '../style/population.module.css';
import { usePopulation } from '../model/population-context.js';
import { whenIdle } from '../../../parts/when-idle.js';

const SelectionView = lazyPart(async () => ({
  default: (await import('../../../features/selection/selection.view.js')).SelectionView,
}));
const SlicesView = lazyPart(async () => ({
  default: (await import('../../../features/selection/slices.view.js')).SlicesView,
}));
const DetailsView = lazyPart(async () => ({ default: (await import('./details.view.js')).DetailsView }));
const SamplesPanelView = lazyPart(async () => ({
  default: (await import('../gallery/samples-panel.view.js')).SamplesPanelView,
}));
const SimilarPanelView = lazyPart(async () => ({
  default: (await import('./similar-panel.view.js')).SimilarPanelView,
}));

const VersionsPanelView = lazyPart(async () => ({
  default: (await import('../versions/versions-panel.view.js')).VersionsPanelView,
}));

/** How long a selection rests before it is compared with the rest, in milliseconds. */
const SETTLED_MS = 150;

/** How many of the highest losses are shown, and how high they are, so that nothing moves when they come. */
const HIGHEST = 12;
const HIGHEST_PX = 270;

type Tab = 'sample' | 'similar' | 'selection' | 'versions' | 'overview';
const TITLES: Readonly<Record<Tab, string>> = {
  sample: 'Sample',
  similar: 'Similar',
  selection: 'Selection',
  versions: 'A | B',
  overview: 'Overview',
};

type SelectionPart = 'differences' | 'samples';
const PARTS = [
  { value: 'differences', label: 'What differs' },
  { value: 'samples', label: 'Samples' },
] as const;

/**
 * What is looked at: a sample, what is like it, a selection; and when there is nothing, what is worth a look.
 */
export function RightPanelView() {
  const {
    projectId,
    run,
    version,
    map,
    scope,
    order,
    points: { columns },
    state,
    later: { within: shown, selected },
    selectedPoints,
    set,
    openRow: onOpen,
    setSimilar: onFound,
    select: onSelect,
  } = usePopulation();
  const now = useMemo(
    () =>
      selected !== undefined && countBits(selected) > 0
        ? { mask: selected, kind: 'selected' as const }
        : { mask: shown, kind: 'shown' as const },
    [selected, shown],
  );
  const [{ mask, kind }] = useDebouncedValue(now, SETTLED_MS);
  const firstPlaced = scope?.placed?.firstRow;
  const subject = useMemo(() => {
    if (mask === undefined || order === undefined) return undefined;
    const all = rowBitmap(mask, order.count, order.stride % order.count);
    const count = countBits(mask);
    const own = firstPlaced === undefined ? { bitmap: all, count } : rowsBefore(all, firstPlaced);
    return count === 0 ? undefined : { ...subjectOf(own.bitmap, own.count), others: count - own.count };
  }, [mask, order, firstPlaced]);
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
    ...(subject === undefined ? [] : ['selection' as const]),
    ...(state.versus === undefined ? [] : ['versions' as const]),
    'overview',
  ];
  const tab = tabs.includes(wanted) ? wanted : tabs[0]!;
  useEffect(() => {
    if (like === '') onFound([]);
  }, [like, onFound]);
  const sliceId = findSliceId(state.selection);
  const slice = useSlices(version.id).data?.find(({ id }) => id === sliceId);
  const compared = toComparedRun(run, map?.epoch);
  const rowsFilter = (rows: string): void => {
    set({ filters: withFilter(state.filters, { kind: 'rows', column: 'rows', rows }), selection: '' });
  };
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
            known={knownOf(order, columns, state.row)}
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
              ownClass={codeAt(columns.get('true_class'), order.pointOf(state.like[0]!))}
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
      {tab === 'selection' && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="What is shown of the selection"
          data={[...PARTS]}
          value={part}
          onChange={setPart}
        />
      )}
      {tab === 'selection' && part === 'samples' && (
        <div className={styles.samples}>
          <Suspense fallback={<Skeleton h={380} />}>
            <SamplesPanelView list={kind} />
          </Suspense>
        </div>
      )}
      {tab === 'selection' && subject !== undefined && subject.others > 0 && (
        <Text size="xs" c="dimmed" role="note">
          {counted(subject.others, `placed sample is ${kind}, too`, `placed samples are ${kind}, too`)}: the
          run did not evaluate them, so{' '}
          {subject.count === 0
            ? 'there is nothing to compare. Color by metadata or label to see what they have in common.'
            : 'only those of the map are compared.'}
        </Text>
      )}
      {tab === 'selection' &&
        part === 'differences' &&
        subject !== undefined &&
        subject.count > 0 &&
        map !== undefined && (
          <Suspense fallback={<Skeleton h={380} />}>
            <SelectionView
              projectId={projectId}
              runId={run.id}
              epoch={map.epoch}
              version={version}
              activationSetId={map.activationSetId}
              subject={subject}
              kind={kind}
              slice={kind === 'selected' ? slice : undefined}
              onClear={() => {
                if (kind === 'selected') onSelect(undefined);
                else set({ filters: [], search: '' });
              }}
              onFilter={() => {
                if (selected !== undefined && order !== undefined)
                  rowsFilter(
                    state.filters.some(({ kind }) => kind === 'rows')
                      ? codeOfPoints(selected, order)
                      : state.selection,
                  );
              }}
              onSimilar={() => {
                if (order !== undefined)
                  set({
                    like: selectedPoints
                      .map((point) => order.rowOf(point))
                      .filter((row) => row < (firstPlaced ?? Infinity)),
                  });
              }}
              onSaved={(id) => {
                set({ selection: `slice:${id}` });
              }}
              onConfusion={(is, as) => {
                set({
                  filters: withFilter(
                    withFilter(state.filters, { kind: 'codes', column: 'true_class', names: [is] }),
                    { kind: 'codes', column: 'predicted_class', names: [as] },
                  ),
                });
              }}
            />
          </Suspense>
        )}
      {tab === 'versions' && (
        <Suspense fallback={<Skeleton h={380} />}>
          <VersionsPanelView />
        </Suspense>
      )}
      {tab === 'overview' && (
        <Stack gap="lg">
          {scope !== undefined && run.noLossReason === '' && (
            <div>
              <Text size="xs" fw={600} mb={6}>
                Highest loss {shown === undefined ? '' : 'of what is shown'}
              </Text>
              <Box mih={version.sampleCount < HIGHEST ? undefined : HIGHEST_PX}>
                {order !== undefined && (
                  <Highest scope={scope} order={order} columns={columns} shown={shown} onOpen={onOpen} />
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
                current={sliceId}
                run={compared}
                onSelect={(id) => {
                  set({ selection: `slice:${id}` });
                }}
                onFilter={(id) => {
                  rowsFilter(`slice:${id}`);
                }}
              />
            </Suspense>
          </div>
          <Text size="xs" c="dimmed">
            Point at a dot to see its sample, click to open it, Shift + click to collect several for a
            similarity search. Press L for the lasso, ? for all keys.
          </Text>
        </Stack>
      )}
    </Stack>
  );
}

function knownOf(
  order: PointOrder | undefined,
  columns: ReadonlyMap<string, Column>,
  row: number,
): DetailsProps['known'] {
  const point = order === undefined || row >= order.count ? -1 : order.pointOf(row);
  return {
    label: nameAt(columns.get('true_class'), point),
    prediction: nameAt(columns.get('predicted_class'), point),
    loss: numberAt(columns.get('loss'), point),
  };
}

function Highest({
  scope,
  order,
  columns,
  shown,
  onOpen,
}: {
  scope: PointScope;
  order: PointOrder;
  columns: ReadonlyMap<string, Column>;
  shown: BitMask | undefined;
  onOpen: (row: number) => void;
}) {
  const loss = columns.get('loss');
  const top = useMemo(
    () => (loss?.kind === 'number' ? highest(loss.values, shown, HIGHEST) : []),
    [loss, shown],
  );
  const version = useDatasetVersion(scope.datasetVersionId).data;
  // Pictures of a large population, and samples without pictures, are requested one by one, by their ids.
  const hasSheets = order.count <= SHEETS_UP_TO && (version === undefined || hasPictures(version));
  const alone = useRows(scope.datasetVersionId, hasSheets ? [] : top.map((point) => order.rowOf(point)));
  if (loss !== undefined && top.length === 0)
    return (
      <Text size="xs" c="dimmed">
        {shown === undefined ? 'No sample has a loss.' : 'Nothing that is shown has a loss.'}
      </Text>
    );
  return (
    <div className={styles.thumbs}>
      {top.map((point) => {
        const row = order.rowOf(point);
        const [label, prediction] = [
          nameAt(columns.get('true_class'), point),
          nameAt(columns.get('predicted_class'), point),
        ];
        const text = label === undefined ? `row ${row}` : `label ${label}, predicted ${prediction ?? '?'}`;
        return (
          <UnstyledButton
            key={row}
            onClick={() => {
              onOpen(row);
            }}
            title={`${text}, loss ${loss?.kind === 'number' ? numberText(loss.values[point]) : ''}`}
          >
            <ThumbnailView
              datasetVersionId={scope.datasetVersionId}
              sample={alone.data?.find((one) => one.row === row)?.ref ?? addressOf(scope, point)}
              row={row}
              scattered={alone.data !== undefined}
              size={68}
              alt={text}
            />
            <Text size="xs" ta="center" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
              {label ?? row}
              {prediction !== undefined && prediction !== label && (
                <Text span c="red" size="xs">
                  {' '}
                  → {prediction}
                </Text>
              )}
            </Text>
          </UnstyledButton>
        );
      })}
    </div>
  );
}
