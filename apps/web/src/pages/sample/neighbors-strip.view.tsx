import { Anchor, Group, Skeleton, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { digits } from '../../parts/numbers.js';
import { findSet, isReady, usePerception } from '../../features/runs/perception.query.js';
import { useSimilar } from '../../features/similar/similar.query.js';
import type { SamplePlace } from '../../features/sample/sample-address.state.js';
import styles from '../../features/sample/sample-card.module.css';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import { useRowEvaluations } from '../../features/sample/sample.query.js';

const K = 8;
const SIZE = 64;

/** The eight samples that the model sees as most alike, with a link to more. */
export function NeighborsStripView({
  place,
  datasetVersionId,
  epoch,
}: {
  place: SamplePlace;
  datasetVersionId: string;
  epoch: number;
}) {
  const { projectId, runId, sample, askedEpoch, output } = place;
  const perception = usePerception(projectId, runId, epoch);
  const set = perception.data === undefined ? undefined : findSet(perception.data, 'all');
  const similar = useSimilar(isReady(set) ? set.id : undefined, {
    queries: [sample],
    k: K,
    splits: [],
    filter: '',
    weighting: '',
  });
  const found = similar.data?.similar ?? [];
  const evaluations = useRowEvaluations(
    runId,
    epoch,
    found.map(({ row }) => row),
  ).data;
  const error = perception.error ?? similar.error;
  if (error !== null)
    return (
      <FaultView
        error={error}
        retry={() => {
          void (perception.error === null ? similar.refetch() : perception.refetch());
        }}
      />
    );
  if (perception.data !== undefined && !isReady(set))
    return (
      <Text size="sm" c="dimmed">
        The perception vectors of this epoch are not ready yet; neighbors appear once they are.
      </Text>
    );
  if (similar.data === undefined)
    return (
      <Group gap={4} role="status" aria-busy="true" aria-label="loading">
        {Array.from({ length: K }, (_, i) => (
          <Skeleton key={i} width={SIZE + 10} height={SIZE + 28} />
        ))}
      </Group>
    );
  return (
    <div style={{ opacity: similar.isPlaceholderData ? 0.5 : 1 }}>
      <div className={styles.grid}>
        {found.map(
          (one) =>
            one.sample !== undefined && (
              <SampleCardView
                key={one.row}
                datasetVersionId={datasetVersionId}
                sample={one.sample}
                row={one.row}
                evaluation={evaluations?.get(one.row)}
                size={SIZE}
                note={digits(one.distance, 3)}
                to={links.sample(projectId, runId, one.sample, { epoch: askedEpoch || undefined, output })}
              />
            ),
        )}
      </div>
      <Anchor
        component={Link}
        size="xs"
        to={links.sample(projectId, runId, sample, {
          epoch: askedEpoch || undefined,
          output,
          tab: 'similar',
        })}
        replace
      >
        Look for more, and what they share
      </Anchor>
    </div>
  );
}
