import { toJson } from '@bufbuild/protobuf';
import { ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import { Anchor, Table, Text } from '@mantine/core';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import { Link } from 'react-router-dom';
import { spacedName } from '../../features/insights/insight-text.js';
import { links } from '../../parts/address/links.js';
import { capitalised } from '../../parts/capitalised.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, value } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';

/** Rows of a table that are shown. */
const MAX_ROWS = 200;

/** The tables of evidence of an insight, each under its name. */
export function EvidenceTablesView({ insight }: { insight: Insight }) {
  return insight.tables.map((table) => {
    const total = table.columns[0]?.values.length ?? 0;
    const name = capitalised(spacedName(table.name));
    return (
      <SectionView key={table.name} title={name} flush>
        <DataTableView minWidth={120 * table.columns.length} maxHeight={420} label={name}>
          <Table.Thead>
            <Table.Tr>
              {table.columns.map((column) => (
                <Table.Th key={column.name} ta={isNumeric(column.values) ? 'right' : 'left'}>
                  {spacedName(column.name)}
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
                    <CellView insight={insight} column={column.name} cell={column.values[row]} />
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

/** A value of a table; a unit of a layer leads to its page. */
function CellView({
  insight: { projectId, runId, epoch },
  column,
  cell,
}: {
  insight: Insight;
  column: string;
  cell: Value | undefined;
}) {
  const text = cellText(cell);
  const [, layer, unit] = (column === 'unit' && /^(.*):(\d+)$/.exec(text)) || [];
  if (layer === undefined) return text;
  return (
    <Anchor
      component={Link}
      size="sm"
      to={links.unit(projectId, runId, { layer, unit: Number(unit) }, { epoch })}
    >
      {text}
    </Anchor>
  );
}

const isNumeric = (values: readonly Value[]): boolean =>
  values.every(({ kind }) => kind.case !== 'stringValue');

function cellText(cell: Value | undefined): string {
  if (cell === undefined || cell.kind.case === 'nullValue') return '–';
  if (cell.kind.case === 'numberValue') return value(cell.kind.value);
  if (cell.kind.case === 'stringValue') return cell.kind.value;
  return JSON.stringify(toJson(ValueSchema, cell));
}
