import { Table } from '@mantine/core';
import { cellText } from '../cell-text.js';
import type { VisualDrawing, VisualOf } from './visual-drawing.js';

/** A table with a header. */
export const tableDrawing: VisualDrawing<VisualOf<'table'>> = {
  key: 'table',
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
