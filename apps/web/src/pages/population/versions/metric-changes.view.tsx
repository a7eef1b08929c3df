import { metricTitle } from '@noema/evaluation/metric-titles';
import { Table } from '@mantine/core';
import type { MetricChange } from '@noema/evaluation';
import { DataTableView } from '../../../parts/data-table.view.js';
import { count } from '../../../parts/numbers.js';
import { type CellPart, ChangeCellsView, SmallView } from './change-cells.view.js';
import { pText } from './change-text.js';

/** The metrics of both versions on all samples that they share, with the interval of their difference. */
export function MetricChangesView({
  changes,
  onOpen,
}: {
  readonly changes: readonly MetricChange[];
  readonly onOpen: (part: CellPart) => void;
}) {
  return (
    <DataTableView minWidth={300} spacing={4} horizontal={4}>
      <Table.Thead>
        <Table.Tr fz="xs">
          <Table.Th>All samples</Table.Th>
          <Table.Th ta="right">A</Table.Th>
          <Table.Th ta="right">B</Table.Th>
          <Table.Th ta="right">B − A</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((change) => (
          <Table.Tr key={change.name} style={{ verticalAlign: 'top', fontVariantNumeric: 'tabular-nums' }}>
            <Table.Th fw={500} fz="xs">
              {metricTitle(change.name)}
              <SmallView>n = {count(change.n)}</SmallView>
            </Table.Th>
            <ChangeCellsView
              change={change}
              note={<SmallView>{pText(change.pValue)}</SmallView>}
              onOpen={onOpen}
            />
          </Table.Tr>
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}
