import { Group, Stack, Text, Tooltip } from '@mantine/core';
import type { CompareMetadataResponse } from '@noema/contracts/noema/datasets/v1/sample_service';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { useState } from 'react';
import { Button } from '@mantine/core';
import { formatNumber } from '../population/number-scale.js';
import { chance, metadataPairs } from './differences.js';
import { NamedPairsView, PairedBarsView } from './paired-bars.view.js';

const FIRST = 5;

/** The metadata by how much they set the selection apart, each with both histograms. */
export function MetadataDifferenceView({ data }: { data: CompareMetadataResponse }) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? data.columns : data.columns.slice(0, FIRST);
  if (data.columns.length === 0) return <Text size="xs" c="dimmed">The data have no metadata.</Text>;
  return (
    <Stack gap="md">
      {shown.map((column) => {
        const isNumber = column.type === ColumnType.NUMBER;
        const pairs = metadataPairs(column, data.selectedCount, data.restCount);
        return (
          <div key={column.name}>
            <Group justify="space-between" wrap="nowrap" mb={3}>
              <Text size="xs" fw={600} truncate title={column.name}>{column.name.replaceAll('_', ' ')}</Text>
              <Tooltip multiline w={260} label={isNumber ? 'Kolmogorov–Smirnov statistic: the largest difference of both distributions; 100 % when no value is common.' : 'Total variation: the share of the selection that would have to change to be like the rest.'} events={{ hover: true, focus: true, touch: true }}>
                <Text size="xs" tabIndex={0} style={{ whiteSpace: 'nowrap' }}>{Math.round(column.difference * 100)} % <Text span size="xs" c="dimmed">{chance(column.pValue)}</Text></Text>
              </Tooltip>
            </Group>
            {isNumber
              ? <PairedBarsView label={`${column.name} of the selection and of the rest`} pairs={pairs} height={36} low={formatNumber(column.bins[0]?.low ?? 0)} high={formatNumber(column.bins.at(-1)?.high ?? 0)} />
              : <NamedPairsView label={`${column.name} of the selection and of the rest`} pairs={pairs.slice(0, 6)} />}
          </div>
        );
      })}
      {data.columns.length > FIRST && <Button size="compact-xs" variant="subtle" onClick={() => { setAll(!isAll); }}>{isAll ? 'Show fewer' : `Show all ${data.columns.length} columns`}</Button>}
    </Stack>
  );
}
