import { ActionIcon, Button, Group, Skeleton, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../../parts/address/links.js';
import { FaultView } from '../../../parts/fault.view.js';
import { counted } from '../../../parts/numbers.js';
import { sampleKeys } from '../../../parts/address/sample-key.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { DepthView } from '../../../features/similar/depth.view.js';
import { usePerception } from '../../../features/runs/perception.query.js';
import { SimilarView } from '../../../features/similar/similar.view.js';
import type { PointScope } from '../points/point-cache.js';
import { useRows } from '../points/sample-row.query.js';

export interface SimilarPanelProps {
  readonly projectId: string;
  readonly scope: PointScope;
  readonly activationSetId: string;
  readonly rows: readonly number[];
  /** The weighting of the similarity, as `weightingText` writes it; empty for the space of the map. */
  readonly weighting: string;
  readonly onWeighting: (text: string) => void;
  /** Class of the first of them; -1 for none. */
  readonly ownClass: number;
  readonly onFound: (rows: readonly number[]) => void;
  readonly onOpen: (row: number) => void;
  readonly onAdd: (row: number) => void;
  readonly onClose: () => void;
}

/** Samples that are similar to some samples of the map, ringed there and listed here. */
export function SimilarPanelView({
  projectId,
  scope,
  activationSetId,
  rows,
  weighting,
  onWeighting,
  ownClass,
  onFound,
  onOpen,
  onAdd,
  onClose,
}: SimilarPanelProps) {
  const samples = useRows(scope.datasetVersionId, rows);
  const queries = useMemo(() => samples.data?.flatMap(({ ref }) => ref ?? []), [samples.data]);
  const [first, ...others] = queries ?? [];
  const perception = usePerception(projectId, scope.runId, scope.epoch).data;
  const set = perception?.sets.find(({ id }) => id === activationSetId);
  const space = perception?.spaces.find(({ id }) => id === set?.perceptionSpaceId);
  return (
    <Stack gap="sm" component="section" aria-label="Similar samples">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4">
          Similar to {counted(rows.length, 'sample')}
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the similar samples" onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <Group gap={6}>
        {samples.data?.map(
          (sample) =>
            sample.ref !== undefined && (
              <UnstyledButton
                key={sample.row}
                onClick={() => {
                  onOpen(sample.row);
                }}
                aria-label={`Open sample ${sample.ref.sampleId}`}
              >
                <ThumbnailView
                  datasetVersionId={scope.datasetVersionId}
                  sample={sample.ref}
                  row={sample.row}
                  size={44}
                  alt=""
                  scattered
                />
              </UnstyledButton>
            ),
        )}
      </Group>
      {set !== undefined && space !== undefined && set.layers.length > 1 && (
        <DepthView
          layers={set.layers.map(({ name }) => name)}
          space={space}
          weighting={weighting}
          onWeighting={onWeighting}
        />
      )}
      {samples.error !== null && (
        <FaultView
          error={samples.error}
          retry={() => {
            void samples.refetch();
          }}
        />
      )}
      {samples.error === null && queries === undefined && <Skeleton h={280} />}
      {queries !== undefined && (
        <SimilarView
          projectId={projectId}
          runId={scope.runId}
          epoch={scope.epoch}
          datasetVersionId={scope.datasetVersionId}
          activationSetId={activationSetId}
          queries={queries}
          weighting={weighting}
          ownClass={ownClass}
          size={66}
          onResults={onFound}
          onOpen={onOpen}
          onAdd={(_, row) => {
            onAdd(row);
          }}
        />
      )}
      {first !== undefined && (
        <Button
          size="xs"
          variant="light"
          component={Link}
          to={links.sample(projectId, scope.runId, first, {
            epoch: scope.epoch,
            tab: 'similar',
            with: sampleKeys(others),
            weigh: weighting,
          })}
        >
          More results, other spaces and filters
        </Button>
      )}
      <Text size="xs" c="dimmed">
        Shift + click on a dot adds it to the query.
      </Text>
    </Stack>
  );
}
