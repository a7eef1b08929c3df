import { ActionIcon, Button, Group, Skeleton, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import type { FindSimilarResponse } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { IconX } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../app/links.js';
import { FaultView } from '../parts/fault.view.js';
import { counted, percent } from '../parts/numbers.js';
import { sampleKeys } from '../sample/sample-key.js';
import { Thumbnail } from '../sample/thumbnail.view.js';
import { splitName } from '../sample/split.js';
import type { Column } from './column.js';
import { nameAt } from './point-facts.js';
import { formatNumber } from './number-scale.js';
import type { PointOrder, PointScope } from './point-cache.js';
import { useRows } from './sample-row.query.js';
import { useSimilar } from './similar.query.js';

const K = 24;

export interface SimilarPanelProps {
  readonly projectId: string;
  readonly scope: PointScope;
  readonly activationSetId: string;
  readonly order: PointOrder;
  readonly rows: readonly number[];
  readonly columns: ReadonlyMap<string, Column>;
  readonly onFound: (rows: readonly number[]) => void;
  readonly onOpen: (row: number) => void;
  readonly onClose: () => void;
}

/** What the model sees as like the queries, ringed in the map and listed here. */
export function SimilarPanelView({ projectId, scope, activationSetId, order, rows, columns, onFound, onOpen, onClose }: SimilarPanelProps) {
  const queries = useRows(scope.datasetVersionId, rows);
  const addresses = useMemo(() => queries.data?.flatMap(({ ref }) => ref ?? []), [queries.data]);
  const found = useSimilar(activationSetId, addresses, K);
  useEffect(() => { onFound(found.data?.similar.map(({ row }) => row) ?? []); }, [found.data, onFound]);
  const error = queries.error ?? found.error;
  const first = addresses?.[0];
  return (
    <Stack gap="sm" component="section" aria-label="Similar samples">
      <Group justify="space-between" wrap="nowrap"><Title order={2} size="h4">Like {counted(rows.length, 'sample')}</Title><ActionIcon variant="subtle" color="gray" aria-label="Close the similar samples" onClick={onClose}><IconX size={16} /></ActionIcon></Group>
      <Group gap={6}>{queries.data?.map((sample) => sample.ref !== undefined && <UnstyledButton key={sample.row} onClick={() => { onOpen(sample.row); }} aria-label={`Open sample ${sample.ref.sampleId}`}><Thumbnail datasetVersionId={scope.datasetVersionId} sample={sample.ref} row={sample.row} size={44} alt="" /></UnstyledButton>)}</Group>
      {error !== null ? <FaultView error={error} retry={() => { void queries.refetch(); void found.refetch(); }} /> : found.data === undefined ? <Skeleton h={280} /> : <Found found={found.data} scope={scope} order={order} columns={columns} onOpen={onOpen} />}
      {first !== undefined && addresses !== undefined && <Button size="xs" variant="light" component={Link} to={links.sample(projectId, scope.runId, first, { epoch: scope.epoch, tab: 'similar', with: sampleKeys(addresses.slice(1)) })}>Shared areas, filters and more</Button>}
      <Text size="xs" c="dimmed">Shift + click on a dot adds it to the question.</Text>
    </Stack>
  );
}

function Found({ found, scope, order, columns, onOpen }: { found: FindSimilarResponse } & Pick<SimilarPanelProps, 'scope' | 'order' | 'columns' | 'onOpen'>) {
  const labels = columns.get('true_class');
  const counts = new Map<string, number>();
  for (const { row } of found.similar) { const name = nameAt(labels, order.pointOf(row)); if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1); }
  const sentence = [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `${n} ${n === 1 ? 'is' : 'are'} ${name}`).join(', ');
  return (
    <>
      <Text size="sm">{sentence === '' ? counted(found.similar.length, 'sample') : `Of ${found.similar.length}, ${sentence}.`} <Text span c="dimmed" size="xs">Recall of the search {percent(found.recall)}.</Text></Text>
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(68px, 1fr))', gap: 8 }}>
        {found.similar.map(({ sample, row, distance }) => {
          const point = order.pointOf(row);
          const [label, prediction] = [nameAt(labels, point), nameAt(columns.get('predicted_class'), point)];
          if (sample === undefined) return null;
          return (
            <UnstyledButton key={row} onClick={() => { onOpen(row); }} title={`${splitName(sample.split)} ${sample.sampleId}, distance ${formatNumber(distance)}`}>
              <Thumbnail datasetVersionId={scope.datasetVersionId} sample={sample} row={row} size={68} alt={`Sample ${sample.sampleId}`} />
              <Text size="xs" ta="center">{label ?? ''}{prediction !== undefined && prediction !== label ? <Text span c="red" size="xs"> → {prediction}</Text> : null} <Text span c="dimmed" size="xs">{formatNumber(distance)}</Text></Text>
            </UnstyledButton>
          );
        })}
      </div>
    </>
  );
}
