import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { ExportItemsProps } from './export-items.view.js';
import { pointCache } from '../points/points.query.js';
import { listAxes } from '../maps/map-scope.state.js';
import { usePopulation } from '../model/population-context.js';
import { columnTitle } from '../points/column.js';
import type { PointScope } from '../points/point-cache.js';

const ExportItemsView = lazyPart(async () => ({
  default: (await import('./export-items.view.js')).ExportItemsView,
}));

/**
 * Takes the map home: as a picture, as a drawing, as tables. The code that saves it is loaded when the menu
 * is opened.
 */
export function ExportMenuView({ scope }: { readonly scope: PointScope }) {
  const population = usePopulation();
  const { plots, points, choice, options, middle } = population;
  const props: ExportItemsProps = {
    plot: plots[0],
    scope,
    title: population.title,
    colorTitle: columnTitle(population.color),
    color: points.encoding,
    sizes: points.sizes,
    pointSize: population.pointSize,
    ground: population.ground,
    shown: population.shown,
    kept: population.within,
    labels: population.labels,
    columnNames: ['sample_id', ...listAxes(choice), ...options.map(({ name }) => name)],
    size: () => [
      middle.current?.querySelector('canvas')?.clientWidth ?? 1_000,
      middle.current?.clientHeight ?? 800,
    ],
  };
  const [busy, setBusy] = useState(false);
  const [opened, setOpened] = useState(false);
  const hasOrder = pointCache.findOrder(scope) !== undefined;
  return (
    <Menu position="right-start" width={230} withinPortal opened={opened} onChange={setOpened}>
      <Menu.Target>
        <Tooltip label="Export" position="right" openDelay={300} disabled={opened}>
          <ActionIcon
            size={30}
            variant="subtle"
            color="gray"
            aria-label="Export"
            loading={busy}
            disabled={props.plot === undefined || !hasOrder}
          >
            <IconDownload size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Suspense fallback={<div style={{ height: 220 }} />}>
          <ExportItemsView {...props} onBusy={setBusy} />
        </Suspense>
      </Menu.Dropdown>
    </Menu>
  );
}
