import { Anchor, Drawer, Group, Skeleton, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useEffect, useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import type { GalleryItems } from '../../features/gallery/gallery-items.js';
import { GalleryGridView } from '../../features/gallery/gallery-grid.view.js';
import { noMarks } from '../../features/gallery/marks.js';
import { encodeRowList } from '../../features/selection/row-code.js';
import { part } from '../../parts/address/address-text.js';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import type { MapFilter, Picked } from './picked.js';

interface PickedSamples {
  run: Run;
  version: DatasetVersion;
  epoch: number;
  split: string | undefined;
  filter: string;
  picked: Picked | undefined;
  rows: Uint32Array | undefined;
  error: Error | null;
  onClose: () => void;
}

/** The address of the map with the samples of a mark: their rows, or filters. */
export function mapLink(
  { projectId, id }: Pick<Run, 'projectId' | 'id'>,
  epoch: number,
  shown: string | readonly MapFilter[],
): string {
  const params =
    typeof shown === 'string'
      ? [['rows', shown]]
      : shown.map((filter) =>
          filter[0] === 'in'
            ? ['in', `${part(filter[1])}:${part(filter[2])}`]
            : ['range', `${part(filter[1])}:${filter[2]}..${filter[3]}`],
        );
  const query = new URLSearchParams([['epoch', String(epoch)], ...params, ['samples', 'shown']]);
  return `${links.population(projectId, id)}?${query.toString()}`;
}

/** The samples of a mark as a gallery, and the way to them on the map. */
export function PickedSamplesView({
  run,
  version,
  epoch,
  split,
  filter,
  picked,
  rows,
  error,
  onClose,
}: PickedSamples) {
  const navigate = useNavigate();
  const items = useMemo((): GalleryItems | undefined => {
    if (rows === undefined || picked === undefined) return undefined;
    return {
      key: picked.title,
      count: rows.length,
      isWhole: true,
      total: version.sampleCount,
      evaluatedTotal: version.sampleCount,
      itemAt: (index) => ({
        id: rows[index]!,
        datasetVersionId: version.id,
        row: rows[index]!,
        isEvaluated: true,
      }),
    };
  }, [rows, picked, version.id, version.sampleCount]);
  const runOfItems = useMemo(
    () => ({ runId: run.id, epoch, hasEvaluations: true, hasHeatMaps: false }),
    [run.id, epoch],
  );
  const [marks, setMarks] = useState(() => noMarks(version.sampleCount));
  useEffect(() => {
    setMarks(noMarks(version.sampleCount));
  }, [rows, version.sampleCount]);
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
    <Drawer
      opened={picked !== undefined}
      onClose={onClose}
      position="bottom"
      size="min(70dvh, 620px)"
      title={picked?.title}
      styles={{ body: { height: 'calc(100% - 60px)', display: 'flex', flexDirection: 'column' } }}
    >
      <Group gap="md" mb="xs">
        <Text size="sm" role="status" data-testid="picked-count">
          {rows === undefined
            ? 'looking for the samples …'
            : `${counted(rows.length, 'sample')}, highest loss first; Enter or a double click opens one`}
        </Text>
        {onMap !== undefined && (
          <Anchor component={Link} size="sm" underline="always" to={mapLink(run, epoch, onMap)}>
            {filter === '' || code !== undefined
              ? 'On the map'
              : 'On the map, without the filter of this page'}
          </Anchor>
        )}
      </Group>
      <div style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
        {error !== null ? (
          <FaultView error={error} />
        ) : items === undefined ? (
          <Skeleton h={160} />
        ) : items.count === 0 ? (
          <Text size="sm" c="dimmed">
            No sample is in this mark.
          </Text>
        ) : (
          <GalleryGridView
            projectId={run.projectId}
            items={items}
            label={picked?.title ?? ''}
            size={96}
            isScattered
            run={runOfItems}
            marks={marks}
            onMarks={setMarks}
            onOpen={(_, sample) => {
              if (sample !== undefined) void navigate(links.sample(run.projectId, run.id, sample, { epoch }));
            }}
          />
        )}
      </div>
    </Drawer>
  );
}
