import { useComputedColorScheme } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { Scatterplot } from '@noema/scatterplot';
import {
  lazy,
  memo,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { count as countText, counted } from '../../parts/numbers.js';
import { jobIsOpen } from '../../parts/states.js';
import { countBits, maskOf, pointsOf } from './points/bit-mask.js';
import { useClassOrder } from '../../features/runs/class-order.query.js';
import { isOfClasses } from './encoding/color-encoding.js';
import { useLabels } from './plot/class-labels.state.js';
import { columnsOf, firstColumnsOf, shownColor, shownSize } from './points/column-catalog.js';
import { columnTitle } from './points/column.js';
import { useColorSettings, useEncodedPoints } from './encoding/encoded-points.query.js';
import { domainNote } from './points/column-domains.js';
import { useDomains, usePrefetchedDomains } from './points/domains.query.js';
import { EpochBarView } from './panels/epoch-bar.view.js';
import type { Filter } from './selection/filters.js';
import { LeftPanelView } from './panels/left-panel.view.js';
import { useLinkNotices } from './state/link-notices.state.js';
import { useLossSteps } from './state/loss-steps.state.js';
import { ALGORITHMS, isReady, type MapCatalog } from './maps/map-catalog.js';
import { axesOf, scopeOf, useScope } from './maps/map-scope.state.js';
import { MapHalfView } from './plot/map-half.view.js';
import type { PlotMode } from './plot/plot.view.js';
import { PartEncoding } from './encoding/part-encoding.js';
import { describeBoth, evaluatedBy, ownerOf } from './points/placed-rows.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { usePlacedMaps } from './maps/population.query.js';
import { isOfMap } from './points/point-cache.js';
import { pointCache, usePrefetchedIds } from './points/points.query.js';
import type { CameraState } from './plot/camera.js';
import type { MapChoice } from './maps/map-choice.js';
import { useLinkedCameras } from './plot/linked-cameras.state.js';
import { useNeighbours, usePlay } from './state/play.state.js';
import styles from './style/population.module.css';
import { useRowsMask } from './selection/rows-mask.query.js';
import { useSelecting } from './state/selecting.state.js';
import { StatusView } from './panels/status.view.js';
import { SearchBoxView } from './panels/search-box.view.js';
import { usePrefetchedSheets } from './points/sheets.query.js';
import { selectedShown, useShownPoints } from './selection/shown-points.query.js';
import { pointSizes } from './encoding/size-encoding.js';
import { TopView } from './panels/top.view.js';
import { ToolbarView } from './panels/toolbar.view.js';
import { BesideBarView, CaptionView } from './panels/beside-bar.view.js';
import { spaceTitle } from './maps/map-title.js';
import { useViewActions } from './state/view-actions.state.js';
import { useViewState, type ViewStore } from './state/view.state.js';

export interface PopulationProps {
  readonly projectId: string;
  readonly run: Run;
  readonly version: DatasetVersion;
  readonly catalog: MapCatalog;
  readonly history: readonly Epoch[];
  readonly store: ViewStore;
  readonly notices: readonly string[];
  readonly onChanged: () => void;
}

const RightPanelView = lazy(async () => ({
  default: (await import('./panels/right-panel.view.js')).RightPanelView,
}));
const ExportMenuView = lazy(async () => ({
  default: (await import('./export/export-menu.view.js')).ExportMenuView,
}));

const NO_MAPS: readonly Exploration[] = [];

/** Points up to which predictions are loaded ahead. */
const PREDICTIONS_UP_TO = 200_000;
/** The toolbar and the bars that lie over the map. */
const PADDING = { left: 60, top: 48, right: 14, bottom: 40 } as const;
const GROUNDS = {
  light: { background: '#fcfcfd', ink: '#1b1e2a' },
  dark: { background: '#13151e', ink: '#d8dbe4' },
} as const;

/** The map of all samples with everything that is asked of it. */
export const PopulationView = memo(function PopulationView({
  projectId,
  run,
  version,
  catalog,
  history,
  store,
  notices,
  onChanged,
}: PopulationProps) {
  const state = useViewState(store);
  const { set } = store;
  const scheme = useComputedColorScheme('light');
  const ground = GROUNDS[scheme];
  const [mode, setMode] = useState<PlotMode>('pan');
  const [opened, setOpened] = useState<readonly string[]>([]);
  // Of a very large population predictions come when the first dot is pointed at: a million dots shall be
  // seen after 12 MB.
  const [isPointed, setPointed] = useState(version.sampleCount <= PREDICTIONS_UP_TO);
  const [similar, setSimilar] = useState<readonly number[]>([]);
  const [plots, setPlots] = useState<readonly [Scatterplot | undefined, Scatterplot | undefined]>([
    undefined,
    undefined,
  ]);
  const middle = useRef<HTMLDivElement>(null);

  const lastEpoch = Math.max(1, run.epochsDone);
  const choice = useMemo(() => catalog.resolve(state.map, lastEpoch), [catalog, state.map, lastEpoch]);
  const besideChoice = useMemo(
    () =>
      state.beside === undefined || state.placed !== ''
        ? undefined
        : catalog.resolve(state.beside, lastEpoch),
    [catalog, state.beside, state.placed, lastEpoch],
  );
  const base = catalog.find(choice, state.made);
  const placedMaps = usePlacedMaps(projectId, base !== undefined && isReady(base) ? base.id : undefined);
  const map = placedMaps.data?.find(({ id }) => id === state.placed) ?? base;
  const other = useDatasetVersion(map?.placed?.datasetVersionId).data;
  const isPlaced = map?.placed !== undefined;
  const total = isPlaced ? map.pointCount : version.sampleCount;
  const besideMap = besideChoice === undefined ? undefined : catalog.find(besideChoice);
  const scope = useScope(map, run);
  const besideScope = useScope(besideMap, run);
  // What is known of the samples colors a map that is still being made, too.
  const isMaking = map !== undefined && jobIsOpen(map.state);
  const lender = useScope(
    isMaking && !isPlaced && !isOfMap(state.color) && !isOfMap(state.size) ? catalog.likeOf(map) : undefined,
    run,
  );

  const { task, noLossReason } = run;
  const own = useMemo(() => evaluatedBy(version, { task, noLossReason }), [version, task, noLossReason]);
  const described = useMemo(() => (isPlaced ? describeBoth(own, other) : own), [isPlaced, own, other]);
  const options = useMemo(() => columnsOf(described), [described]);
  const known = useMemo(() => new Set(options.map(({ name }) => name)), [options]);
  const color = shownColor(state.color, known);
  const size = shownSize(state.size, known);
  const filters = useMemo(
    () => state.filters.filter((filter) => filter.kind === 'rows' || known.has(filter.column)),
    [state.filters, known],
  );
  const looked = useMemo(() => [color, size], [color, size]);
  const firstEpoch = history[0]?.epoch;
  const classColors = useClassOrder(
    run.id,
    firstEpoch,
    version.classNames.length,
    isOfClasses(color) || opened.some(isOfClasses) || filters.some((filter) => isOfClasses(filter.column)),
  );
  // No class is shown in a color that it will not keep.
  const isUncolored = isOfClasses(color) && classColors.isComing;
  const looks = useMemo(() => ({ color: isUncolored ? 'none' : color, size }), [isUncolored, color, size]);
  const settings = useColorSettings({ ...state, color }, scheme, classColors.order);
  const hasClasses = described.classNames.length > 0;
  const more = useMemo(
    () =>
      [
        ...new Set([
          'loss',
          ...(hasClasses ? ['true_class'] : []),
          ...(hasClasses && isPointed ? ['predicted_class'] : []),
          ...filters.map((f) => f.column),
          ...opened,
        ]),
      ].filter((name) => known.has(name)),
    [hasClasses, isPointed, filters, opened, known],
  );
  const available = useMemo(() => catalog.epochsOf(choice), [catalog, choice]);
  const setEpoch = useCallback(
    (epoch: number, how: 'push' | 'replace' = 'replace') => {
      set({ map: { ...store.state.map, epoch }, placed: '' }, how);
    },
    [set, store],
  );
  const near = useCallback(
    (epoch: number) => {
      const next = catalog.find({ ...choice, epoch });
      if (next !== undefined && isReady(next))
        void pointCache
          .want(scopeOf(next, run.id), [
            ...axesOf(choice),
            ...[color, size, ...more].filter((name) => name !== 'none'),
          ])
          .catch(() => undefined);
    },
    [catalog, choice, run, color, size, more],
  );
  const play = usePlay({ epoch: choice.epoch, available, onEpoch: setEpoch, onNear: near });
  const domainOf = useDomains(scope ?? lender, play.playing);
  const [started, setStarted] = useState<ReadonlySet<string>>(new Set());
  const onStart = useCallback((id: string) => {
    setStarted((before) => (before.has(id) ? before : new Set([...before, id])));
  }, []);
  // The first stream is that of the plot, which draws it as it comes; all other columns come behind it.
  const points = useEncodedPoints(scope ?? lender, total, looks, settings, {
    names: scope === undefined ? more : [...axesOf(choice), ...more],
    domainOf,
    enabled: scope === undefined || started.has(scope.explorationId),
  });
  const beside = useEncodedPoints(besideScope, version.sampleCount, looks, settings, {
    names: [...axesOf(besideChoice ?? choice), ...more],
    domainOf,
    enabled: started.has(besideScope?.explorationId ?? ''),
  });
  const order = scope === undefined ? undefined : pointCache.orderOf(scope);

  const { shown, shownCount, found, foundMask, within, lostRows } = useShownPoints({
    scope,
    order,
    filters,
    search: state.search,
    columns: points.columns,
    described,
  });
  const selection = useRowsMask(state.selection, order);
  const selected = useMemo(() => selectedShown(selection.mask, shown), [selection.mask, shown]);
  const selectedCount = useMemo(() => (selected === undefined ? 0 : countBits(selected)), [selected]);

  const foundCount = useMemo(
    () => (foundMask === undefined || within === undefined ? undefined : countBits(within)),
    [foundMask, within],
  );
  const seen = useMemo(() => ({ shown, within, selected }), [shown, within, selected]);
  const later = useDeferredValue(seen);
  const selectedPoints = useMemo(
    () => (later.selected === undefined ? [] : pointsOf(later.selected, 50)),
    [later],
  );
  const labels = useLabels(state.labels, points.columns, later.shown);
  const besideLabels = useLabels(state.labels, beside.columns, later.shown);
  const sizesRange = useMemo(() => pointSizes(total), [total]);

  const [linked] = useState(state.placed);
  const isUnplaced = state.placed !== '' && placedMaps.isSuccess && !placedMaps.isFetching && !isPlaced;
  const [asked] = useState(state);
  // Columns of samples that were placed are known when their map has come.
  const unknown =
    asked.placed !== ''
      ? []
      : [
          ...(asked.map.epoch > lastEpoch
            ? [`epoch=${asked.map.epoch} (the run has ${counted(lastEpoch, 'epoch')})`]
            : []),
          ...[
            ['color', asked.color],
            ['size', asked.size],
          ]
            .filter(([, name]) => name !== 'none' && name !== 'loss' && !known.has(name!))
            .map(([what, name]) => `${what}=${name} (there is no such column)`),
        ];
  useLinkNotices(notices, selection.isLost || lostRows, isUnplaced && state.placed === linked, unknown);
  // Placing that was cancelled, or samples that were taken away, leave the map alone.
  useEffect(() => {
    if (isUnplaced) set({ placed: '' }, 'replace');
  }, [isUnplaced, set]);

  const rowOf = useCallback(
    (point: number): number | undefined =>
      point < 0 || order === undefined ? undefined : order.rowOf(point),
    [order],
  );
  const setFilters = useCallback(
    (next: readonly Filter[], done = true) => {
      set({ filters: next }, done ? 'push' : 'replace');
    },
    [set],
  );
  const openRow = useCallback(
    (row: number | undefined) => {
      set({ row, ...(row === undefined ? {} : { right: true }) });
    },
    [set],
  );
  const onClick = useCallback(
    (point: number, isMore: boolean) => {
      const row = rowOf(point);
      if (row === undefined) return;
      const { like } = store.state;
      // The run's index of similar samples knows its own ones only.
      if (isMore && scope !== undefined && !ownerOf(scope, row).isPlaced)
        set({ like: like.includes(row) ? like.filter((one) => one !== row) : [...like, row], right: true });
      else openRow(row);
    },
    [rowOf, openRow, scope, set, store],
  );
  const { select, onSelect } = useSelecting({
    store,
    order,
    before: selection.mask,
    shown,
    found: foundMask,
    filters,
    plots,
  });

  const marked = useMemo(
    () =>
      order === undefined
        ? []
        : [...similar, ...state.like, ...(state.row === undefined ? [] : [state.row])]
            .filter((row) => row < order.count)
            .map((row) => order.pointOf(row)),
    [order, similar, state.like, state.row],
  );
  // What is asked for stands out, and everything else steps back: similar samples with their query, else what
  // was found, else the selection.
  const emphasized = useMemo(
    () =>
      state.like.length > 0 && similar.length > 0 && marked.length > 0
        ? maskOf(total, marked)
        : foundMask !== undefined
          ? within
          : selected,
    [state.like, similar, marked, foundMask, within, selected, total],
  );
  const marks = useRef(marked);
  useEffect(() => {
    marks.current = marked;
  }, [marked]);
  const onHover = useCallback(
    (point: number) => {
      if (point >= 0) setPointed(true);
      for (const plot of plots) plot?.setMarked(point < 0 ? marks.current : [...marks.current, point]);
    },
    [plots],
  );
  useLinkedCameras(plots, state.linked && state.beside !== undefined);

  useNeighbours(choice.epoch, available, near, points.isCurrent);
  const epochScopes = useMemo(
    () =>
      available.flatMap((epoch) => {
        const one = catalog.find({ ...choice, epoch });
        return one === undefined ? [] : [scopeOf(one, run.id)];
      }),
    [available, catalog, choice, run.id],
  );
  usePrefetchedDomains(epochScopes, looked, version.sampleCount, points.isCurrent);
  usePrefetchedSheets(version, points.isCurrent);
  usePrefetchedIds(scope, total, points.isCurrent);

  const step = useLossSteps({
    columns: points.columns,
    order,
    row: state.row,
    shown: within,
    plot: plots[0],
    marks,
    onOpen: openRow,
  });
  const onMade = useCallback(
    (asked: MapChoice, made: string) => {
      set({ map: asked, made, placed: '', camera: undefined });
      onChanged();
    },
    [set, onChanged],
  );
  const { refetch: refetchPlaced } = placedMaps;
  const onPlacedChanged = useCallback(() => {
    void refetchPlaced();
  }, [refetchPlaced]);
  const baseId = base?.id ?? '';
  // What is placed is told apart at once; who leaves it comes back to the losses.
  const onPlaced = useCallback(
    (placed: string) => {
      set({
        map: choice,
        made: baseId,
        placed,
        beside: undefined,
        selection: '',
        row: undefined,
        like: [],
        ...(placed !== '' ? { color: 'origin' } : store.state.color === 'origin' ? { color: 'loss' } : {}),
        scale: undefined,
      });
    },
    [set, store, choice, baseId],
  );
  const foldLeft = useCallback(() => {
    set({ left: false }, 'replace');
  }, [set]);
  const foldRight = useCallback(() => {
    set({ right: false }, 'replace');
  }, [set]);
  const toggle = useViewActions({
    store,
    plots,
    choice,
    available,
    hasBeside: !isPlaced,
    setMode,
    onPlay: play.toggle,
    onStep: step,
    onUnselect: () => {
      select(undefined);
    },
    onClose: () => {
      openRow(undefined);
    },
  });

  const legend =
    points.column === undefined || points.encoding === undefined
      ? undefined
      : {
          column: points.column,
          encoding: points.encoding,
          note: domainNote(domainOf(color), available.length),
          isMuted: state.density,
          filters,
          shown: within,
          onFilters: setFilters,
        };
  const placedTitle = isPlaced
    ? `${countText(map.placed?.sampleCount ?? 0)} placed samples of ${other?.displayName || 'other data'}`
    : undefined;
  const title =
    `${run.displayName || 'run'}, epoch ${choice.epoch}, ${ALGORITHMS[choice.algorithm].title} of ` +
    `${spaceTitle(choice.space)}${placedTitle === undefined ? '' : ` with ${placedTitle}`}`;
  const setCamera = useCallback(
    (camera: CameraState | undefined) => {
      set({ camera }, 'replace');
    },
    [set],
  );
  const first = useMemo(() => firstColumnsOf(described, looks), [described, looks]);
  const common = {
    pointSize: sizesRange,
    background: ground.background,
    visible: shown,
    selected: emphasized,
    marked,
    padding: PADDING,
    density: state.density,
    mode,
    onClick,
    onSelect,
    onHover,
    onStart,
    shown,
    firstColumns: first,
    encoding: () => new PartEncoding(looks, settings, (name) => domainOf(name)?.extent),
    onKey: (key: string) => (key === 'Enter' && state.row !== undefined ? (openRow(state.row), true) : false),
  };
  const make = { projectId, runId: run.id, catalog, onChanged, onMade };
  return (
    <div className={styles.frame}>
      <h1 className="visually-hidden">{`Map: ${title}`}</h1>
      {state.left && (
        <LeftPanelView
          projectId={projectId}
          runId={run.id}
          catalog={catalog}
          choice={choice}
          map={map}
          base={base}
          placedMaps={placedMaps.data ?? NO_MAPS}
          state={state}
          color={color}
          size={size}
          options={options}
          hasLabels={hasClasses}
          legend={legend}
          columns={points.columns}
          filters={filters}
          shown={within}
          settings={settings}
          domainOf={domainOf}
          epochs={available.length}
          set={set}
          onFilters={setFilters}
          onOpen={setOpened}
          onMade={onMade}
          onPlaced={onPlaced}
          onFold={foldLeft}
        />
      )}
      <div className={styles.middle} ref={middle}>
        <MapHalfView
          {...common}
          make={{
            ...make,
            choice,
            ...(placedTitle === undefined ? {} : { placing: placedTitle, onChanged: onPlacedChanged }),
          }}
          label={`Map of ${countText(total)} samples: ${title}`}
          map={map}
          scope={scope}
          labels={labels}
          columns={points.columns}
          color={points.encoding}
          sizes={points.sizes}
          camera={state.camera}
          onCamera={setCamera}
          onPlot={(plot) => {
            setPlots(([, other]) => [plot, other]);
          }}
          caption={besideChoice === undefined ? undefined : <CaptionView choice={choice} map={map} />}
        />
        {besideChoice !== undefined && (
          <MapHalfView
            {...common}
            make={{ ...make, choice: besideChoice }}
            label={
              `Map beside it: epoch ${besideChoice.epoch}, ${ALGORITHMS[besideChoice.algorithm].title} of ` +
              `${spaceTitle(besideChoice.space)}`
            }
            map={besideMap}
            scope={besideScope}
            labels={besideLabels}
            columns={beside.columns}
            color={beside.encoding}
            sizes={beside.sizes}
            camera={undefined}
            onCamera={() => undefined}
            onPlot={(plot) => {
              setPlots(([one]) => [one, plot]);
            }}
            caption={
              <>
                <CaptionView choice={besideChoice} map={besideMap} />
                <BesideBarView
                  catalog={catalog}
                  choice={besideChoice}
                  epochs={lastEpoch}
                  linked={state.linked}
                  onLinked={(linked) => {
                    set({ linked });
                  }}
                  onChoice={(next) => {
                    set({ beside: next });
                  }}
                  onClose={toggle.beside}
                />
              </>
            }
          />
        )}
        <ToolbarView
          mode={mode}
          density={state.density}
          labels={state.labels}
          isBeside={besideChoice !== undefined}
          noBeside={
            isPlaced
              ? 'Maps side by side show the same samples: first choose “nothing” under “Placed on it”'
              : undefined
          }
          onMode={setMode}
          onFit={toggle.fit}
          onDensity={toggle.density}
          onLabels={toggle.labels}
          onBeside={toggle.beside}
        >
          {scope !== undefined && (
            <Suspense fallback={<div style={{ height: 30 }} />}>
              <ExportMenuView
                plot={plots[0]}
                scope={scope}
                title={title}
                colorTitle={columnTitle(color)}
                color={points.encoding}
                sizes={points.sizes}
                pointSize={sizesRange}
                ground={ground}
                shown={shown}
                kept={within}
                labels={labels}
                columnNames={['sample_id', ...axesOf(choice), ...options.map(({ name }) => name)]}
                size={() => [
                  middle.current?.querySelector('canvas')?.clientWidth ?? 1_000,
                  middle.current?.clientHeight ?? 800,
                ]}
              />
            </Suspense>
          )}
        </ToolbarView>
        <TopView
          left={state.left}
          right={state.right}
          filters={filters}
          onLeft={toggle.left}
          onRight={toggle.right}
          onFilters={setFilters}
        >
          {scope !== undefined && (
            <SearchBoxView
              scope={scope}
              described={described}
              columns={points.columns}
              typed={state.search}
              found={found}
              onTyped={(search) => {
                set({ search }, 'replace');
              }}
              onSlice={(id) => {
                set({ selection: `slice:${id}`, search: '', right: true });
              }}
              onChosen={(row) => {
                openRow(row);
                const point = order?.pointOf(row);
                if (point !== undefined) plots[0]?.zoomTo([point]);
              }}
            />
          )}
        </TopView>
        {scope !== undefined && (
          <StatusView
            shown={shownCount}
            found={foundCount}
            selected={selectedCount}
            total={total}
            onClear={() => {
              select(undefined);
            }}
          />
        )}
      </div>
      <div className={styles.bottom}>
        <EpochBarView
          epoch={choice.epoch}
          available={available}
          history={history}
          playing={play.playing}
          speed={play.speed}
          repeats={play.repeats}
          onPlay={play.toggle}
          onSpeed={play.faster}
          onRepeat={play.repeat}
          onEpoch={setEpoch}
        />
      </div>
      {state.right && (
        <aside className={styles.right} aria-label="What is looked at">
          <Suspense fallback={null}>
            <RightPanelView
              projectId={projectId}
              run={run}
              version={version}
              map={map}
              scope={scope}
              order={order}
              columns={points.columns}
              state={state}
              shown={later.within}
              selected={later.selected}
              set={set}
              onOpen={openRow}
              onFound={setSimilar}
              onSelect={select}
              onFold={foldRight}
              pointsOfSelection={selectedPoints}
            />
          </Suspense>
        </aside>
      )}
    </div>
  );
});
