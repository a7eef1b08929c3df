import { Anchor, Progress, Table, Text } from '@mantine/core';
import type { Layer } from '@noema/contracts/noema/training/v1/model';
import { Link } from 'react-router-dom';
import { ALL_UNITS, links } from '../../parts/address/links.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, shape } from '../../parts/numbers.js';

/** The layers of a model in the order of its graph; of a trained version the units lead to their pages. */
export function LayerTableView({
  layers,
  projectId,
  trained,
}: {
  layers: readonly Layer[];
  projectId: string;
  trained?: { readonly runId: string; readonly epoch: number };
}) {
  const most = layers.reduce((max, { parameterCount }) => Math.max(max, parameterCount), 1);
  return (
    <DataTableView minWidth={640} maxHeight={520} fixed>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>layer</Table.Th>
          <Table.Th w="20%">kind</Table.Th>
          <Table.Th w="20%">output</Table.Th>
          <Table.Th w={110} ta="right">
            parameters
          </Table.Th>
          <Table.Th w={120}>
            <Text span size="xs" c="dimmed">
              share
            </Text>
          </Table.Th>
          <Table.Th w={140} ta="right">
            learned units
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {layers.map((layer) => (
          <Table.Tr key={layer.name}>
            <Table.Td>
              <CutView text={layer.name} fw={500} />
            </Table.Td>
            <Table.Td c="dimmed">{layer.kind}</Table.Td>
            <Table.Td>{shape(layer.outputDims)}</Table.Td>
            <Table.Td ta="right">{layer.parameterCount === 0 ? '–' : count(layer.parameterCount)}</Table.Td>
            <Table.Td>
              {layer.parameterCount > 0 && (
                <Progress
                  value={(100 * layer.parameterCount) / most}
                  size="xs"
                  color="gray"
                  aria-label={`Parameters of ${layer.name} against the largest layer`}
                />
              )}
            </Table.Td>
            <Table.Td ta="right">
              {layer.unitCount === 0 ? (
                '–'
              ) : trained === undefined ? (
                count(layer.unitCount)
              ) : (
                <Anchor
                  component={Link}
                  to={links.unit(
                    projectId,
                    trained.runId,
                    { layer: layer.name, unit: ALL_UNITS },
                    { epoch: trained.epoch },
                  )}
                  size="sm"
                >
                  {count(layer.unitCount)} units
                </Anchor>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}
