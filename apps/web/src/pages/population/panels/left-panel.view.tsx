import { ActionIcon, Group, Select } from '@mantine/core';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconLayoutSidebarLeftCollapse } from '@tabler/icons-react';
import { type ReactNode, Suspense } from 'react';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { ColorPanelView } from './color-panel.view.js';
import { plainColumn } from '../../../parts/output-column.js';
import { groupColumns } from '../points/column-catalog.js';
import { FilterPanelView } from './filter-panel.view.js';
import { isReady } from '../maps/map-catalog.js';
import styles from '../style/population.module.css';
import { TrustLineView } from '../maps/trust-line.view.js';
import { SizeLegendView } from './size-legend.view.js';
import { MapChoiceView } from './view-panel.view.js';
import { domainNote } from '../points/column-domains.js';
import { usePopulation } from '../model/population-context.js';

const DeleteMapView = lazyPart(async () => ({
  default: (await import('../maps/delete-map.view.js')).DeleteMapView,
}));
const PlacedFactsView = lazyPart(async () => ({
  default: (await import('../maps/placed-facts.view.js')).PlacedFactsView,
}));

const NO_WARNINGS: Exploration['warnings'] = [];

/** How the population is shown, in the order of use: colors, filters, sizes, the map; and how far to trust it. */
export function LeftPanelView() {
  const {
    projectId,
    run,
    catalog,
    choice,
    map,
    base,
    placedMaps,
    state,
    color,
    size,
    options,
    hasClasses,
    points,
    pointSize,
    filters,
    within,
    settings,
    findDomain,
    available,
    set,
    setFilters,
    setOpened,
    onMade,
    onPlaced,
  } = usePopulation();
  const legend =
    points.column === undefined || points.encoding === undefined
      ? undefined
      : {
          column: points.column,
          encoding: points.encoding,
          note: domainNote(findDomain(color), available.length),
          isMuted: state.density,
          filters,
          shown: within,
          onFilters: setFilters,
        };
  return (
    <aside className={styles.left} aria-label="How it is shown">
      <div className={styles.leftScroll}>
        <section className={styles.section}>
          <PanelHead title="Color">
            <ActionIcon
              size={32}
              variant="subtle"
              color="gray"
              aria-label="Fold the left panel"
              onClick={() => {
                set({ left: false }, 'replace');
              }}
            >
              <IconLayoutSidebarLeftCollapse size={16} />
            </ActionIcon>
          </PanelHead>
          <ColorPanelView
            options={options}
            color={color}
            scale={state.scale}
            palette={state.palette}
            legend={legend}
            isComing={map !== undefined && isReady(map)}
            epochs={available.length}
            onColor={(name) => {
              set({ color: name, scale: undefined });
            }}
            onScale={(scale) => {
              set({ scale });
            }}
            onPalette={(palette) => {
              set({ palette });
            }}
            onTint={(name, tint) => {
              set({ tints: { ...state.tints, [color]: { ...state.tints[color], [name]: tint } } });
            }}
          />
        </section>
        <section className={styles.section}>
          <PanelHead title="Filters" />
          <FilterPanelView
            options={options}
            columns={points.columns}
            except={color}
            filters={filters}
            shown={within}
            settings={settings}
            findDomain={findDomain}
            epochs={available.length}
            onOpen={setOpened}
            onFilters={setFilters}
          />
        </section>
        <section className={styles.section}>
          <PanelHead title="Size" />
          <Select
            size="xs"
            aria-label="Size by"
            value={size}
            allowDeselect={false}
            data={groupColumns(
              options.filter(({ name, isNumber }) => isNumber || plainColumn(name) === 'correct'),
              [{ value: 'none', label: 'None (single size)' }],
            )}
            onChange={(name) => {
              if (name !== null) set({ size: name });
            }}
          />
          {size !== 'none' && (
            <SizeLegendView
              column={points.columns.get(size)}
              range={pointSize}
              domain={findDomain(size)?.extent}
            />
          )}
        </section>
        <section className={styles.section}>
          <PanelHead title="Map" />
          <MapChoiceView
            projectId={projectId}
            runId={run.id}
            catalog={catalog}
            choice={choice}
            map={base}
            placedMaps={placedMaps}
            placed={state.placed}
            onMade={onMade}
            onPlaced={onPlaced}
            onChoice={(next) => {
              set({
                map: { ...next, epoch: state.map.epoch === 0 ? choice.epoch : next.epoch },
                made: '',
                placed: '',
                camera: undefined,
              });
            }}
          />
          {map !== undefined &&
            isReady(map) &&
            (map.placed !== undefined || (!map.automatic && placedMaps.length === 0)) && (
              <Suspense>
                <DeleteMapView
                  map={map}
                  onDeleted={() => {
                    if (map.placed === undefined) set({ made: '', camera: undefined });
                    else onPlaced('');
                  }}
                />
              </Suspense>
            )}
          {map?.placed !== undefined && isReady(map) && (
            <Suspense>
              <PlacedFactsView map={map} hasLabels={hasClasses} />
            </Suspense>
          )}
        </section>
      </div>
      <section className={styles.foot} aria-label="Trust">
        <TrustLineView
          trust={map?.trust}
          warnings={map?.warnings ?? NO_WARNINGS}
          hasLabels={hasClasses}
          isColored={color === 'trust'}
          onColored={(on) => {
            set({ color: on ? 'trust' : 'loss', scale: undefined });
          }}
        />
      </section>
    </aside>
  );
}

function PanelHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Group justify="space-between" mb={8} wrap="nowrap" mih={20}>
      <h2>{title}</h2>
      {children}
    </Group>
  );
}
