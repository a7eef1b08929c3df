import { ActionIcon, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { IconFilter, IconPencil, IconSearch, IconX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { FaultView } from '../../parts/fault.view.js';
import { count as countText, counted, percent } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { hasPictures } from '../sample/visual-sheet.js';
import { EvaluationDifferenceView } from './evaluation-difference.view.js';
import { MeanHeatMapsView } from './mean-heat-maps.view.js';
import { MeanPictureView } from './mean-picture.view.js';
import { MetadataDifferenceView } from './metadata-difference.view.js';
import { NewIssueView } from './new-issue.view.js';
import { RenameSliceView } from './rename-slice.view.js';
import { SaveSubjectView } from './save-subject.view.js';
import { useEvaluationDifference, useMetadataDifference, useUnitDifference } from './selection.query.js';
import styles from './selection.module.css';
import type { Subject } from './subject.js';
import { TagView } from './tag.view.js';
import { UnitDifferenceView } from './unit-difference.view.js';

const MEAN_SIZE = 136;
const UNITS = 10;
const MAX_QUERIES = 50;

export interface SelectionProps {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly version: DatasetVersion;
  readonly activationSetId: string;
  readonly subject: Subject;
  /** `selected` by hand, or `shown` by the filters. */
  readonly kind: 'selected' | 'shown';
  /** The slice that is selected, unless the selection is no slice. */
  readonly slice?: Slice | undefined;
  readonly onClear: () => void;
  readonly onFilter: () => void;
  readonly onSimilar: () => void;
  readonly onSaved: (sliceId: string) => void;
  readonly onConfusion: (trueClass: string, predictedClass: string) => void;
}

/**
 * Differences between a part of the population and the rest: losses, labels, mistakes, metadata, units, what
 * it looks like, what the model looks at.
 */
export function SelectionView({
  projectId,
  runId,
  epoch,
  version,
  activationSetId,
  subject,
  kind,
  slice,
  onClear,
  onFilter,
  onSimilar,
  onSaved,
  onConfusion,
}: SelectionProps) {
  const evaluation = useEvaluationDifference(runId, epoch, subject);
  const metadata = useMetadataDifference(version.id, subject);
  const units = useUnitDifference(activationSetId, subject, UNITS);
  const { noEdit } = useRights();
  const [isRenaming, setRenaming] = useState(false);
  const pictured = hasPictures(version);
  return (
    <Stack gap="lg" component="section" aria-label="Selection" data-testid="selection-panel">
      <div>
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} size="h4" miw={0} style={{ overflowWrap: 'anywhere' }}>
            {slice === undefined ? `${counted(subject.count, 'sample')} ${kind}` : slice.displayName}
          </Title>
          {slice !== undefined && (
            <ActionIcon
              variant="subtle"
              color="gray"
              ml="auto"
              aria-label="Rename the slice, change its note"
              disabled={noEdit !== undefined}
              onClick={() => {
                setRenaming(true);
              }}
            >
              <IconPencil size={16} />
            </ActionIcon>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={kind === 'selected' ? 'Clear the selection' : 'Clear the filters'}
            onClick={onClear}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
        <Text size="xs" c="dimmed">
          {slice !== undefined && `${counted(subject.count, 'sample')} ${kind} · `}
          {percent(subject.count / version.sampleCount)} of {countText(version.sampleCount)}
        </Text>
        {slice !== undefined && slice.description !== '' && (
          <Text size="sm" mt={6} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
            {slice.description}
          </Text>
        )}
        {slice !== undefined && isRenaming && (
          <RenameSliceView
            slice={slice}
            onClose={() => {
              setRenaming(false);
            }}
          />
        )}
        <Group gap={6} mt="xs">
          {slice === undefined && (
            <SaveSubjectView
              datasetVersionId={version.id}
              off={noEdit}
              findSubject={() => subject}
              onSaved={({ id }) => {
                onSaved(id);
              }}
            />
          )}
          <TagView variant="default" datasetVersionId={version.id} off={noEdit} findSubject={() => subject} />
          <NewIssueView
            variant="default"
            projectId={projectId}
            datasetVersionId={version.id}
            slice={slice}
            off={noEdit}
            findSubject={() => subject}
          />
          {kind === 'selected' && (
            <Button size="xs" variant="default" leftSection={<IconFilter size={14} />} onClick={onFilter}>
              Show only these
            </Button>
          )}
          {subject.count <= MAX_QUERIES && (
            <Button size="xs" variant="default" leftSection={<IconSearch size={14} />} onClick={onSimilar}>
              Fetch similar
            </Button>
          )}
        </Group>
        <Group gap="md" mt="sm">
          <span className={styles.key}>{kind}</span>
          <span className={styles.key} data-rest="">
            rest of the population
          </span>
        </Group>
      </div>
      <Part query={evaluation} height={260}>
        {(data) => <EvaluationDifferenceView data={data} onConfusion={onConfusion} />}
      </Part>
      {pictured && (
        <div>
          <Text size="xs" fw={600} mb={6}>
            What it looks like, and what the model looks at
          </Text>
          <Stack gap="sm">
            <MeanPictureView version={version} subject={subject} size={MEAN_SIZE} />
            <MeanHeatMapsView
              key={`${subject.key} ${epoch}`}
              projectId={projectId}
              runId={runId}
              epoch={epoch}
              subject={subject}
              size={MEAN_SIZE}
            />
          </Stack>
        </div>
      )}
      <div>
        <Heading>Metadata, by how much they differ</Heading>
        <Part query={metadata} height={200}>
          {(data) => <MetadataDifferenceView data={data} evaluations={evaluation.data} />}
        </Part>
      </div>
      <div>
        <Heading>Units that respond differently</Heading>
        <Part query={units} height={220}>
          {(data) => <UnitDifferenceView data={data} projectId={projectId} runId={runId} epoch={epoch} />}
        </Part>
      </div>
    </Stack>
  );
}

const Heading = ({ children }: { children: ReactNode }) => (
  <Text size="xs" fw={600} mb={6}>
    {children}
  </Text>
);

function Part<T>({
  query,
  height,
  children,
}: {
  query: UseQueryResult<T>;
  height: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  return query.error !== null ? (
    <FaultView
      error={query.error}
      retry={() => {
        void query.refetch();
      }}
    />
  ) : (
    <Skeleton h={height} role="status" aria-busy="true" aria-label="loading" />
  );
}
