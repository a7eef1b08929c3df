import { Table, Text } from '@mantine/core';
import {
  ColumnType,
  type DatasetVersion,
  type MetadataColumn,
} from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { MetadataBin } from '@noema/contracts/noema/datasets/v1/metadata_difference';
import { IconColumns } from '@tabler/icons-react';
import { useMemo } from 'react';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, counted, part, value } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { SectionView } from '../../parts/section.view.js';
import { useMetadataDifference } from '../../features/selection/selection.query.js';
import { allRows } from '../../features/selection/subject.js';
import { BinsView } from './bins.view.js';

const TYPES: Readonly<Record<ColumnType, string>> = {
  [ColumnType.UNSPECIFIED]: '–',
  [ColumnType.NUMBER]: 'number',
  [ColumnType.STRING]: 'text',
  [ColumnType.BOOLEAN]: 'boolean',
};

/** The metadata columns of a dataset version and what their values are like. */
export function MetadataSectionView({ version }: { version: DatasetVersion }) {
  const columns = version.metadataColumns;
  const found = useMetadataDifference(
    version.id,
    useMemo(() => allRows(version.sampleCount), [version.sampleCount]),
  ).data?.columns;
  const distributions = new Map(found?.map(({ name, bins }) => [name, bins]));
  return (
    <SectionView title="Metadata" flush note={counted(columns.length, 'column')}>
      {columns.length === 0 ? (
        <EmptyView icon={<IconColumns />} title="No metadata">
          An integration can give each sample metadata in addition to its label, such as who drew it. Metadata
          can color and filter the map.
        </EmptyView>
      ) : (
        <DataTableView minWidth={560} maxHeight={380} fixed label="Metadata columns">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="26%">column</Table.Th>
              <Table.Th w={90}>type</Table.Th>
              <Table.Th w={100} ta="right">
                min
              </Table.Th>
              <Table.Th w={100} ta="right">
                max
              </Table.Th>
              <Table.Th w={100} ta="right">
                distinct
              </Table.Th>
              <Table.Th w={130} ta="right">
                missing
              </Table.Th>
              <Table.Th>distribution</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map((column) => (
              <Column
                key={column.name}
                column={column}
                samples={version.sampleCount}
                bins={distributions.get(column.name)}
              />
            ))}
          </Table.Tbody>
        </DataTableView>
      )}
    </SectionView>
  );
}

function Column({
  column: { name, type, min, max, distinct, missing, values },
  samples,
  bins,
}: {
  column: MetadataColumn;
  samples: number;
  bins: readonly MetadataBin[] | undefined;
}) {
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500} truncate title={name}>
          {plainName(name)}
        </Text>
      </Table.Td>
      <Table.Td c="dimmed">{TYPES[type]}</Table.Td>
      <Table.Td ta="right">{value(min)}</Table.Td>
      <Table.Td ta="right">{value(max)}</Table.Td>
      <Table.Td ta="right">{count(distinct)}</Table.Td>
      <Table.Td ta="right" c={missing > 0 ? '' : 'dimmed'} style={{ whiteSpace: 'nowrap' }}>
        {missing === 0 ? 'none' : `${count(missing)} · ${part(missing / Math.max(1, samples))}`}
      </Table.Td>
      <Table.Td>
        {bins !== undefined && bins.length > 0 ? (
          <BinsView name={plainName(name)} bins={bins} />
        ) : (
          values.length > 0 && <CutView text={values.join(', ')} size="xs" c="dimmed" />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
