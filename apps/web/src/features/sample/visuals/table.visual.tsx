import { Table } from '@mantine/core';
import { type Cell, cellText } from '../cell-text.js';
import { jsonMediaType, short, type VisualKind } from './visual-kind.js';

export interface TableVisual {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table with a header. */
export const tableKind: VisualKind<TableVisual> = {
  key: 'table',
  mediaType: jsonMediaType('table'),
  read: (text) => ({ kind: 'table', ...(JSON.parse(text) as { columns: string[]; rows: Cell[][] }) }),
  snippet: ({ rows }) =>
    rows
      .slice(0, 8)
      .map((row) =>
        row.map((cell) => (typeof cell === 'number' ? short(cell) : String(cell ?? '–'))).join(' '),
      )
      .join('\n'),
  draw: ({ columns, rows }) => (
    <Table stickyHeader withRowBorders fz="sm" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          {columns.map((name, at) => (
            <Table.Th data-verbatim key={at}>
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row, at) => (
          <Table.Tr key={at}>
            {row.map((cell, column) => (
              <Table.Td key={column}>{cellText(cell)}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  ),
};
