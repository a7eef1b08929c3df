import { Badge, Box, Button, Group, Progress, Stack, Table, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { DataType, type TensorSpec } from '@noema/contracts/noema/type/v1/tensor_spec';
import { useState } from 'react';
import { count, counted, part, shape } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import { splitName } from '../../parts/address/split.js';

/** Class names that are shown at first. */
const FIRST = 40;

/** How many samples each split has, what a sample is made of, and the classes. */
export function SplitsSectionView({ version }: { version: DatasetVersion }) {
  const [all, setAll] = useState(false);
  const names = all ? version.classNames : version.classNames.slice(0, FIRST);
  return (
    <SectionView title="Samples">
      <Stack gap="md">
        <Stack gap={8}>
          {version.splits.map(({ split, count: samples }) => (
            <Box key={split}>
              <Group justify="space-between" mb={3}>
                <Text size="sm">{splitName(split)}</Text>
                <Text size="sm" c="dimmed">
                  {count(samples)} · {part(samples / Math.max(1, version.sampleCount))}
                </Text>
              </Group>
              <Progress
                value={(100 * samples) / Math.max(1, version.sampleCount)}
                size="sm"
                aria-label={`Share of ${splitName(split)}`}
              />
            </Box>
          ))}
        </Stack>
        <Table fz="sm" verticalSpacing={4} horizontalSpacing={0} withRowBorders={false}>
          <Table.Tbody>
            {version.inputs.map((spec) => (
              <Tensor key={spec.name} what="input" spec={spec} />
            ))}
            {version.groundTruths.map((spec) => (
              <Tensor key={spec.name} what="ground truth" spec={spec} />
            ))}
            {version.visualizers.map(({ name, mediaType }) => (
              <Table.Tr key={name}>
                <Table.Td c="dimmed" w={100}>
                  shown as
                </Table.Td>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right" c="dimmed">
                  {mediaType}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Box>
          <Text size="sm" c="dimmed" mb={6}>
            {version.classNames.length === 0
              ? 'no classes'
              : counted(version.classNames.length, 'class', 'classes')}
          </Text>
          <Group gap={4} mah={160} style={{ overflow: 'auto' }} tabIndex={all ? 0 : undefined}>
            {names.map((name, at) => (
              <Badge key={at} variant="default" tt="none" fw={450} size="sm" maw={180} title={name}>
                {name}
              </Badge>
            ))}
          </Group>
          {version.classNames.length > FIRST && (
            <Button
              variant="subtle"
              size="compact-xs"
              mt={6}
              onClick={() => {
                setAll(!all);
              }}
            >
              {all ? 'Show fewer' : `Show all ${count(version.classNames.length)}`}
            </Button>
          )}
        </Box>
      </Stack>
    </SectionView>
  );
}

function Tensor({ what, spec }: { what: string; spec: TensorSpec }) {
  return (
    <Table.Tr>
      <Table.Td c="dimmed" w={100}>
        {what}
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{spec.name}</Table.Td>
      <Table.Td ta="right" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        {DataType[spec.dataType].toLowerCase()} {shape(spec.dims)}
      </Table.Td>
    </Table.Tr>
  );
}
