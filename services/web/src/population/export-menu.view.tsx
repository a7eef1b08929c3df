import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Scatterplot } from '@noema/scatterplot';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { PointOrder } from '@noema/contracts/noema/projection/v1/exploration_service';
import { explorations } from '../api/clients.js';
import { faultOf } from '../api/query-client.js';
import { saveFile } from '../parts/save.js';
import type { BitMask } from './bit-mask.js';
import type { DrawnMap } from './map-picture.js';
import { pointCache } from './points.query.js';

export interface ExportMenuProps extends DrawnMap {
  readonly plot: Scatterplot | undefined;
  readonly columnNames: readonly string[];
  /** Points that filters and search leave. */
  readonly kept: BitMask | undefined;
}

/** Takes the map home: as a picture, as a drawing, as tables. */
export function ExportMenuView(props: ExportMenuProps) {
  const [busy, setBusy] = useState(false);
  const { plot, scope, title, kept } = props;
  const run = (suffix: string, make: () => Promise<Blob>) => (): void => {
    setBusy(true);
    make().then((blob) => { saveFile(`${title}.${suffix}`, blob); }, (error: unknown) => { notifications.show({ color: 'red', title: 'The export failed', message: faultOf(error).message }); }).finally(() => { setBusy(false); });
  };
  const png = (): Promise<Blob> => plot!.toImage(2);
  const svg = async (): Promise<Blob> => {
    const [{ svgOf }, { pictureOf }] = await Promise.all([import('./svg-export.js'), import('./map-picture.js')]);
    return new Blob([svgOf(await pictureOf(plot!, props))], { type: 'image/svg+xml' });
  };
  const csv = (mask: BitMask | undefined) => async (): Promise<Blob> => {
    const [{ csvOf }, { tableOf }] = await Promise.all([import('./csv-export.js'), import('./table-export.js')]);
    const table = await tableOf(scope, props.columnNames);
    return new Blob([...csvOf(table, table[0]?.values.length ?? 0, mask)], { type: 'text/csv;charset=utf-8' });
  };
  const arrow = async (): Promise<Blob> => {
    const pieces: BlobPart[] = [];
    for await (const { body } of explorations.streamPointColumns({ explorationId: scope.explorationId, columns: ['*'], order: PointOrder.ROW })) if (body !== undefined) pieces.push(body.data as Uint8Array<ArrayBuffer>);
    return new Blob(pieces, { type: 'application/vnd.apache.arrow.stream' });
  };
  const hasOrder = pointCache.orderOf(scope) !== undefined;
  return (
    <Menu position="right-start" width={230} withinPortal>
      <Menu.Target><Tooltip label="Export" position="right" openDelay={300}><ActionIcon size={30} variant="subtle" color="gray" aria-label="Export" loading={busy} disabled={plot === undefined || !hasOrder}><IconDownload size={18} /></ActionIcon></Tooltip></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Picture of this view</Menu.Label>
        <Menu.Item onClick={run('png', png)}>PNG (2x)</Menu.Item>
        <Menu.Item onClick={run('svg', svg)}>SVG, with legend</Menu.Item>
        <Menu.Label>Table of the samples</Menu.Label>
        <Menu.Item onClick={run('csv', csv(kept))} disabled={kept === undefined}>CSV, what is shown</Menu.Item>
        <Menu.Item onClick={run('csv', csv(undefined))}>CSV, all</Menu.Item>
        <Menu.Item onClick={run('arrow', arrow)}>Arrow, all in full precision</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
