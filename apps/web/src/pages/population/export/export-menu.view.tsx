import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { ExportItemsProps } from './export-items.view.js';
import { pointCache } from '../points/points.query.js';

const ExportItemsView = lazy(async () => ({
  default: (await import('./export-items.view.js')).ExportItemsView,
}));

/**
 * Takes the map home: as a picture, as a drawing, as tables. What saves it is loaded when the menu is opened.
 */
export function ExportMenuView(props: ExportItemsProps) {
  const [busy, setBusy] = useState(false);
  const [opened, setOpened] = useState(false);
  const hasOrder = pointCache.orderOf(props.scope) !== undefined;
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
