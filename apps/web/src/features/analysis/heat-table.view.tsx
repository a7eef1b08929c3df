import { ScrollArea, Table } from '@mantine/core';
import type { TableVisual } from '@noema/integration/visuals';
import { cellText } from '../sample/cell-text.js';
import type { TableHeat } from './heat-positions.js';
import type { HeatValues } from './heat-values.js';

const MAX_ROWS = 200;

/** A table whose cells have the colors of a heat map; plain without one. */
export function HeatTableView({
  table: { columns, rows },
  heat,
  tone,
}: {
  table: TableVisual;
  heat: TableHeat | undefined;
  tone: (data: HeatValues, at: number) => string;
}) {
  const background = (row: number, column: number) =>
    heat === undefined ? {} : { style: { background: tone(heat.data, heat.at(row, column)) } };
  return (
    <ScrollArea.Autosize mah={460} type="auto" tabIndex={0}>
      <Table fz="sm" verticalSpacing={4} withTableBorder stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name, column) => (
              <Table.Th key={column} {...(heat?.isByColumn === true ? background(0, column) : {})}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, MAX_ROWS).map((row, line) => (
            <Table.Tr key={line}>
              {row.map((cell, column) => (
                <Table.Td key={column} {...background(line, column)}>
                  {cellText(cell)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
