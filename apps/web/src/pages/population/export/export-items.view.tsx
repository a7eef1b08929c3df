import { Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Scatterplot } from '@noema/scatterplot';
import { PointOrder } from '@noema/contracts/noema/projection/v1/exploration_service';
import { explorations } from '../../../api/clients.js';
import { toFault } from '../../../api/query-client.js';
import { readBlob } from '../../../api/streamed-bytes.js';
import { saveFile } from '../../../parts/save.js';
import type { BitMask } from '../points/bit-mask.js';
import type { DrawnMap } from './map-picture.js';

export interface ExportItemsProps extends DrawnMap {
  readonly plot: Scatterplot | undefined;
  readonly columnNames: readonly string[];
  /** Points that filters and search leave. */
  readonly kept: BitMask | undefined;
}

/** The formats in which the map can be saved: a picture, a drawing, tables. */
export function ExportItemsView({
  onBusy,
  ...props
}: ExportItemsProps & { readonly onBusy: (isBusy: boolean) => void }) {
  const { plot, scope, title, kept } = props;
  const run = (suffix: string, make: () => Promise<Blob>) => (): void => {
    onBusy(true);
    const failed = (error: unknown): void => {
      notifications.show({ color: 'red', title: 'The export failed', message: toFault(error).message });
    };
    make()
      .then((blob) => {
        saveFile(`${title}.${suffix}`, blob);
      }, failed)
      .finally(() => {
        onBusy(false);
      });
  };
  const png = (): Promise<Blob> => plot!.toImage(2);
  const svg = async (): Promise<Blob> => {
    const [{ formatSvg }, { toPicture }] = await Promise.all([
      import('./svg-export.js'),
      import('./map-picture.js'),
    ]);
    return new Blob([formatSvg(await toPicture(plot!, props))], { type: 'image/svg+xml' });
  };
  const csv = (mask: BitMask | undefined) => async (): Promise<Blob> => {
    const [{ writeCsv }, { loadTable }] = await Promise.all([
      import('./csv-export.js'),
      import('./table-export.js'),
    ]);
    const table = await loadTable(scope, props.columnNames);
    return new Blob([...writeCsv(table, table[0]?.values.length ?? 0, mask)], {
      type: 'text/csv;charset=utf-8',
    });
  };
  const arrow = (): Promise<Blob> =>
    readBlob(
      explorations.streamPointColumns({
        explorationId: scope.explorationId,
        columns: ['*'],
        order: PointOrder.ROW,
      }),
      'application/vnd.apache.arrow.stream',
    );
  return (
    <>
      <Menu.Label>Picture of this view</Menu.Label>
      <Menu.Item onClick={run('png', png)}>PNG (2x)</Menu.Item>
      <Menu.Item onClick={run('svg', svg)}>SVG, with legend</Menu.Item>
      <Menu.Label>Table of the samples</Menu.Label>
      <Menu.Item onClick={run('csv', csv(kept))} disabled={kept === undefined}>
        CSV, what is shown
      </Menu.Item>
      <Menu.Item onClick={run('csv', csv(undefined))}>CSV, all</Menu.Item>
      <Menu.Item onClick={run('arrow', arrow)}>Arrow, all in full precision</Menu.Item>
    </>
  );
}
