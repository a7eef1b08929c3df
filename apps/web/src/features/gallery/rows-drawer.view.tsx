import { Anchor, Drawer, Group, Skeleton, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import type { GalleryItems } from './gallery-items.js';
import { GalleryGridView } from './gallery-grid.view.js';
import { noMarks } from './marks.js';

interface RowsDrawer {
  readonly run: Pick<Run, 'id' | 'projectId'>;
  readonly version: Pick<DatasetVersion, 'id' | 'sampleCount'>;
  readonly epoch: number;
  /** Output whose evaluations are shown. Default: the first one. */
  readonly output?: string;
  readonly opened: boolean;
  /** Names the samples. */
  readonly title: string;
  /** Rows of the samples in their order; undefined while they are loaded. */
  readonly rows: Uint32Array | undefined;
  /** How many samples there are, in which order. */
  readonly status: string;
  readonly error: Error | null;
  /** Why there is no sample, where there is none. */
  readonly empty: string;
  /** The address of the same samples on the map, and the text of the link. */
  readonly onMap: { readonly to: string; readonly label: string } | undefined;
  /** Elements above the samples. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

/** Rows of a dataset version as a gallery at the bottom of the page, and the way to them on the map. */
export function RowsDrawerView({
  run,
  version,
  epoch,
  output = '',
  opened,
  title,
  rows,
  status,
  error,
  empty,
  onMap,
  children,
  onClose,
}: RowsDrawer) {
  const navigate = useNavigate();
  const items = useMemo((): GalleryItems | undefined => {
    if (rows === undefined || !opened) return undefined;
    return {
      key: title,
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
  }, [rows, opened, title, version.id, version.sampleCount]);
  const runOfItems = useMemo(
    () => ({ runId: run.id, epoch, output, hasEvaluations: true, hasHeatMaps: false }),
    [run.id, epoch, output],
  );
  const [marks, setMarks] = useState(() => noMarks(version.sampleCount));
  useEffect(() => {
    setMarks(noMarks(version.sampleCount));
  }, [rows, version.sampleCount]);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="bottom"
      size="min(70dvh, 620px)"
      title={title}
      styles={{ body: { height: 'calc(100% - 60px)', display: 'flex', flexDirection: 'column' } }}
    >
      {children}
      <Group gap="md" mb="xs">
        <Text size="sm" role="status" data-testid="picked-count">
          {status}
        </Text>
        {onMap !== undefined && (
          <Anchor component={Link} size="sm" underline="always" to={onMap.to}>
            {onMap.label}
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
            {empty}
          </Text>
        ) : (
          <GalleryGridView
            datasetVersionId={version.id}
            projectId={run.projectId}
            items={items}
            label={title}
            size={96}
            isScattered
            run={runOfItems}
            marks={marks}
            onMarks={setMarks}
            onOpen={(_, sample) => {
              if (sample !== undefined)
                void navigate(links.sample(run.projectId, run.id, sample, { epoch, output }));
            }}
          />
        )}
      </div>
    </Drawer>
  );
}
