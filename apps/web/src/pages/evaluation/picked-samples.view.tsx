import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo } from 'react';
import { RowsDrawerView } from '../../features/gallery/rows-drawer.view.js';
import { encodeRowList } from '../../features/selection/row-code.js';
import { part } from '../../parts/address/address-text.js';
import { links } from '../../parts/address/links.js';
import { counted } from '../../parts/numbers.js';
import { toOutputColumn } from '../../parts/output-column.js';
import type { MapFilter, Picked } from './picked.js';

interface PickedSamples {
  run: Run;
  version: DatasetVersion;
  epoch: number;
  output: string;
  split: string | undefined;
  filter: string;
  picked: Picked | undefined;
  rows: Uint32Array | undefined;
  error: Error | null;
  onClose: () => void;
}

/** The address of the map with the samples of a mark: their rows, or filters. */
export function mapLink(
  { projectId, id, objectives }: Pick<Run, 'projectId' | 'id' | 'objectives'>,
  epoch: number,
  shown: string | readonly MapFilter[],
  output = '',
): string {
  const outputs = objectives.map((one) => one.output);
  const column = (name: string): string => toOutputColumn(name, output, outputs);
  const params =
    typeof shown === 'string'
      ? [['rows', shown]]
      : shown.map((filter) =>
          filter[0] === 'in'
            ? ['in', `${part(column(filter[1]))}:${part(filter[2])}`]
            : ['range', `${part(column(filter[1]))}:${filter[2]}..${filter[3]}`],
        );
  const query = new URLSearchParams([['epoch', String(epoch)], ...params, ['samples', 'shown']]);
  return `${links.population(projectId, id)}?${query.toString()}`;
}

/** The samples of a mark as a gallery, and the way to them on the map. */
export function PickedSamplesView({
  run,
  version,
  epoch,
  output,
  split,
  filter,
  picked,
  rows,
  error,
  onClose,
}: PickedSamples) {
  const code = useMemo(
    () => (rows === undefined || rows.length === 0 ? undefined : encodeRowList(rows, version.sampleCount)),
    [rows, version.sampleCount],
  );
  // Filters of the map stand for rows that are too many for an address.
  const onMap =
    code ??
    (picked?.onMap === undefined || rows === undefined
      ? undefined
      : [...picked.onMap, ...(split === undefined ? [] : [['in', 'split', split] as const])]);
  return (
    <RowsDrawerView
      run={run}
      version={version}
      epoch={epoch}
      output={output}
      opened={picked !== undefined}
      title={picked?.title ?? ''}
      rows={rows}
      status={
        rows === undefined
          ? 'looking for the samples …'
          : `${counted(rows.length, 'sample')}, highest loss first; Enter or a double click opens one`
      }
      error={error}
      empty="No sample is in this mark."
      onMap={
        onMap === undefined
          ? undefined
          : {
              to: mapLink(run, epoch, onMap, output),
              label:
                filter === '' || code !== undefined
                  ? 'On the map'
                  : 'On the map, without the filter of this page',
            }
      }
      onClose={onClose}
    />
  );
}
