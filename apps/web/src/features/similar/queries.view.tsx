import { ActionIcon, Group, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type SampleAddress, sampleKey } from '../../parts/address/sample-key.js';
import { ThumbnailView } from '../sample/thumbnail.view.js';
import type { SampleMatch } from './query-samples.query.js';

/** The samples of the query; all but the first can be left out. */
export function QueriesView({
  datasetVersionId,
  queries,
  known,
  onRemove,
}: {
  datasetVersionId: string;
  queries: readonly SampleAddress[];
  known: readonly SampleMatch[];
  onRemove: (sample: SampleAddress) => void;
}) {
  if (queries.length < 2) return null;
  return (
    <Group gap="xs" role="group" aria-label="Query samples">
      <Text size="xs" c="dimmed">
        Query samples:
      </Text>
      {queries.map((sample, at) => (
        <Group
          key={sampleKey(sample)}
          gap={6}
          wrap="nowrap"
          px={6}
          py={4}
          style={{
            border: '1px solid var(--mantine-color-default-border)',
            borderRadius: 'var(--mantine-radius-md)',
          }}
        >
          {known[at] && (
            <ThumbnailView
              datasetVersionId={datasetVersionId}
              sample={sample}
              row={known[at].row}
              size={28}
              alt=""
            />
          )}
          <Text size="xs">
            {sample.sampleId}
            {known[at] === null ? ' (not found)' : ''}
          </Text>
          {at > 0 && (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={`Leave out ${sampleKey(sample)}`}
              onClick={() => {
                onRemove(sample);
              }}
            >
              <IconX size={12} />
            </ActionIcon>
          )}
        </Group>
      ))}
    </Group>
  );
}
