import { ActionIcon, Box, Group, Stack, Text } from '@mantine/core';
import type { SharedArea } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { SimilarSample } from '@noema/contracts/noema/similarity/v1/similar_sample';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useHeatMapLook } from '../analysis/heat-map-style.state.js';
import { HeatMapView } from '../analysis/heat-map.view.js';
import { JobProgressView } from '../jobs/job-progress.view.js';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { digits } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { useDatasetVersion } from '../sample/dataset-version.query.js';
import cards from '../sample/sample-card.module.css';
import { SampleCardView } from '../sample/sample-card.view.js';
import { type SampleAddress, sampleKey } from '../../parts/address/sample-key.js';
import { hasPictures, isSmallPicture, visualUrl } from '../sample/visual-sheet.js';
import styles from './similar-grid.module.css';
import { growthSentence } from './distance-growth.js';
import { areasByRow, MAX_SHARED, useSharedAreas } from './shared-areas.query.js';

interface Props {
  projectId: string;
  runId: string;
  epoch: number;
  datasetVersionId: string;
  activationSetId: string;
  queries: readonly SampleAddress[];
  found: readonly SimilarSample[];
  shown: readonly SimilarSample[];
  evaluations: ReadonlyMap<number, SampleEvaluation> | undefined;
  size: number;
  shared: boolean;
  onAdd: ((sample: SampleAddress, row: number) => void) | undefined;
  onOpen: ((row: number) => void) | undefined;
}

const address = ({ sample }: SimilarSample): SampleAddress => ({
  split: sample?.split ?? 0,
  sampleId: sample?.sampleId ?? '',
});

/**
 * Results as cards; with what they share, each has its heat map, and that on the query belongs to the card
 * that is looked at.
 */
export function SimilarGridView({
  projectId,
  runId,
  epoch,
  datasetVersionId,
  activationSetId,
  queries,
  found,
  shown,
  evaluations,
  size,
  shared,
  onAdd,
  onOpen,
}: Props) {
  const [looked, setLooked] = useState<number>();
  const version = useDatasetVersion(datasetVersionId).data;
  const pictured = version !== undefined && hasPictures(version);
  const query = queries[0];
  const { canEdit, noEdit } = useRights();
  const question = useMemo(
    () =>
      shared && canEdit && pictured && query !== undefined
        ? { projectId, activationSetId, query, samples: found.map(address) }
        : undefined,
    [shared, canEdit, pictured, projectId, activationSetId, query, found],
  );
  const analysis = useSharedAreas(question);
  const ready = analysis.data?.state === JobState.SUCCEEDED ? analysis.data : undefined;
  const areas = useMemo(() => areasByRow(ready?.areas ?? []), [ready]);
  const small = version !== undefined && isSmallPicture(version);
  const active = areas.get(looked ?? shown[0]?.row ?? -1);
  const picture = (
    sample: SampleAddress,
    area: SharedArea | undefined,
    side: 'queryHeatMap' | 'sampleHeatMap',
    width: number,
  ) => (
    <SharedPicture
      url={visualUrl(datasetVersionId, sample)}
      analysisId={ready?.id ?? ''}
      area={area}
      side={side}
      small={small}
      size={width}
    />
  );
  return (
    <Stack gap="sm">
      {shared && !pictured && (
        <Text size="sm" c="dimmed">
          Shared areas are drawn on pictures; the visualizer of this dataset makes none.
        </Text>
      )}
      {shared && noEdit !== undefined && (
        <Text size="sm" c="dimmed">
          {noEdit}
        </Text>
      )}
      {analysis.error !== null && (
        <FaultView
          error={analysis.error}
          retry={() => {
            void analysis.refetch();
          }}
        />
      )}
      {question !== undefined && analysis.data !== undefined && ready === undefined && (
        <JobProgressView
          key={analysis.data.jobId}
          service="explanations"
          jobId={analysis.data.jobId}
          title="What they share"
          onEnd={() => {
            void analysis.refetch();
          }}
        />
      )}
      {query !== undefined && ready !== undefined && question !== undefined && (
        <Group gap="sm" wrap="nowrap" align="center">
          {picture(query, active, 'queryHeatMap', 112)}
          <Text size="xs" c="dimmed">
            On the query {query.sampleId}: what it shares with{' '}
            {active?.sample === undefined
              ? 'a result'
              : `${active.sample.sampleId}, the result that is looked at`}
            . Point at another to see its part. {growthSentence(active?.queryGrowth)}
            {queries.length > 1 ? ' Of several queries the first is compared.' : ''}
            {found.length > MAX_SHARED ? ` The nearest ${MAX_SHARED} are compared.` : ''}
          </Text>
        </Group>
      )}
      <div
        className={cards.grid}
        onPointerLeave={() => {
          setLooked(undefined);
        }}
      >
        {shown.map((one) => (
          <Box
            key={one.row}
            className={styles.cell}
            onPointerEnter={() => {
              setLooked(one.row);
            }}
            onFocus={() => {
              setLooked(one.row);
            }}
          >
            <SampleCardView
              datasetVersionId={datasetVersionId}
              sample={address(one)}
              row={one.row}
              evaluation={evaluations?.get(one.row)}
              size={size}
              note={distance(one.distance)}
              to={links.sample(projectId, runId, address(one), { epoch })}
              onOpen={onOpen}
              picture={
                ready !== undefined && areas.has(one.row)
                  ? picture(address(one), areas.get(one.row), 'sampleHeatMap', size)
                  : undefined
              }
            />
            {onAdd !== undefined && (
              <ActionIcon
                size={24}
                variant="default"
                className={styles.add}
                aria-label={`Add ${sampleKey(address(one))} to the query`}
                title="Add to the query"
                onClick={() => {
                  onAdd(address(one), one.row);
                }}
              >
                <IconPlus size={13} />
              </ActionIcon>
            )}
          </Box>
        ))}
      </div>
    </Stack>
  );
}

/** Shared areas cover most of a picture: what lies below has to stay readable. */
const SHARED_OPACITY = 0.6;

function SharedPicture({
  url,
  analysisId,
  area,
  side,
  small,
  size,
}: {
  url: string;
  analysisId: string;
  area: SharedArea | undefined;
  side: 'queryHeatMap' | 'sampleHeatMap';
  small: boolean;
  size: number;
}) {
  const [kept] = useHeatMapLook();
  const look = useMemo(
    () => ({ ...kept, colors: 'diverging' as const, opacity: SHARED_OPACITY * kept.opacity }),
    [kept],
  );
  const map = area?.[side];
  const place = useMemo(
    () =>
      map === undefined
        ? undefined
        : { analysisId, heatMapId: map.id, dims: map.dims, kind: 'similarity' as const },
    [analysisId, map],
  );
  return <HeatMapView url={url} alt="" map={place} signed look={look} small={small} size={size} />;
}

const distance = (apart: number): string => digits(apart, 3);
