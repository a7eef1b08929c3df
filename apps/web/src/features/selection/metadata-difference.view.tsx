import { Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import type { CompareMetadataResponse } from '@noema/contracts/noema/datasets/v1/sample_service';
import type { CompareEvaluationsResponse } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { useState } from 'react';
import { fixed } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { columnTicks } from './bin-ticks.js';
import { chance, metadataPairs, repeatsLabels } from './differences.js';
import { NamedPairsView, PairedBarsView } from './paired-bars.view.js';

const FIRST = 5;

/** The metadata by how much they set the selection apart, each with both histograms. */
export function MetadataDifferenceView({
  data,
  evaluations,
}: {
  data: CompareMetadataResponse;
  evaluations: CompareEvaluationsResponse | undefined;
}) {
  const [isAll, setAll] = useState(false);
  const columns = data.columns.filter((column) => !repeatsLabels(column, evaluations));
  const shown = isAll ? columns : columns.slice(0, FIRST);
  if (columns.length === 0)
    return (
      <Text size="xs" c="dimmed">
        The data have no metadata other than the label.
      </Text>
    );
  return (
    <Stack gap="md">
      {shown.map((column) => {
        const isNumber = column.type === ColumnType.NUMBER;
        const pairs = metadataPairs(column, data.selectedCount, data.restCount);
        return (
          <div key={column.name}>
            <Group justify="space-between" wrap="nowrap" mb={3}>
              <Text size="xs" fw={600} truncate title={column.name}>
                {plainName(column.name)}
              </Text>
              <Tooltip
                multiline
                w={260}
                label={
                  isNumber
                    ? 'Kolmogorov–Smirnov statistic: the largest difference of both distributions; 0 for ' +
                      'the same, 1 when they do not overlap.'
                    : 'Total variation: the share of the selection that would have to change to be like ' +
                      'the rest; 0 for the same, 1 when no value is common.'
                }
                events={{ hover: true, focus: true, touch: true }}
              >
                <Text size="xs" tabIndex={0} style={{ whiteSpace: 'nowrap' }}>
                  effect {fixed(column.difference)}{' '}
                  <Text span size="xs" c="dimmed">
                    {chance(column.pValue)}
                  </Text>
                </Text>
              </Tooltip>
            </Group>
            {isNumber ? (
              <PairedBarsView
                label={`${column.name} of the selection and of the rest`}
                pairs={pairs}
                height={36}
                ticks={columnTicks(column.bins)}
              />
            ) : (
              <NamedPairsView
                label={`${column.name} of the selection and of the rest`}
                pairs={pairs.slice(0, 6)}
              />
            )}
          </div>
        );
      })}
      {columns.length > FIRST && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            setAll(!isAll);
          }}
        >
          {isAll ? 'Show fewer' : `Show all ${columns.length} columns`}
        </Button>
      )}
    </Stack>
  );
}
