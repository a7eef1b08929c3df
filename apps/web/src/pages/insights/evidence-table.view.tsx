import { toJson } from '@bufbuild/protobuf';
import { ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import { Table, Text } from '@mantine/core';
import type { InsightTable } from '@noema/contracts/noema/insights/v1/insight';
import { capitalised } from '../../parts/capitalised.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, value } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { SectionView } from '../../parts/section.view.js';

/** Rows of a table that are shown. */
const MAX_ROWS = 200;

/** The tables of evidence of an insight, each under its name. */
export function EvidenceTablesView({ tables }: { tables: readonly InsightTable[] }) {
  return tables.map((table) => {
    const total = table.columns[0]?.values.length ?? 0;
    const name = capitalised(plainName(table.name));
    return (
      <SectionView key={table.name} title={name} flush>
        <DataTableView minWidth={120 * table.columns.length} maxHeight={420} label={name}>
          <Table.Thead>
            <Table.Tr>
              {table.columns.map((column) => (
                <Table.Th key={column.name} ta={isNumeric(column.values) ? 'right' : 'left'}>
                  {plainName(column.name)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Array.from({ length: Math.min(total, MAX_ROWS) }, (_, row) => (
              <Table.Tr key={row}>
                {table.columns.map((column) => (
                  <Table.Td
                    key={column.name}
                    ta={isNumeric(column.values) ? 'right' : 'left'}
                    style={{ overflowWrap: 'anywhere' }}
                  >
                    {cellText(column.values[row])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </DataTableView>
        {total > MAX_ROWS && (
          <Text size="xs" c="dimmed" p="md">
            The first {count(MAX_ROWS)} of {count(total)} rows.
          </Text>
        )}
      </SectionView>
    );
  });
}

const isNumeric = (values: readonly Value[]): boolean =>
  values.every(({ kind }) => kind.case !== 'stringValue');

function cellText(cell: Value | undefined): string {
  if (cell === undefined || cell.kind.case === 'nullValue') return '–';
  if (cell.kind.case === 'numberValue') return value(cell.kind.value);
  if (cell.kind.case === 'stringValue') return cell.kind.value;
  return JSON.stringify(toJson(ValueSchema, cell));
}
