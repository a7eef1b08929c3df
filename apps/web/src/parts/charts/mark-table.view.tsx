import { Table, Text, UnstyledButton } from '@mantine/core';
import { DataTableView } from '../data-table.view.js';
import { count } from '../numbers.js';
import type { ChartProps } from './chart.js';
import { listColumns } from './mark-text.js';

/** Rows that are listed; the CSV has all. */
const MAX_ROWS = 500;
/** Rows up to which a table shows all of them without scrolling. */
const WHOLE_ROWS = 12;

/** The marks of a chart as a table. */
export function MarkTableView({ spec, data, onPick, height = 260 }: ChartProps) {
  const columns = listColumns(spec, data);
  return (
    <>
      <DataTableView
        minWidth={0}
        {...(data.length > WHOLE_ROWS && { maxHeight: height })}
        spacing={4}
        label={`${spec.title} as a table`}
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, isNumber }) => (
              <Table.Th key={title} ta={isNumber ? 'right' : 'left'}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.slice(0, MAX_ROWS).map((mark, row) => (
            <Table.Tr key={row}>
              {columns.map(({ title, text, isNumber }, column) => (
                <Table.Td key={title} ta={isNumber ? 'right' : 'left'}>
                  {column === 0 && onPick !== undefined ? (
                    <UnstyledButton
                      fz="sm"
                      td="underline"
                      onClick={() => {
                        onPick(mark);
                      }}
                    >
                      {text(mark)}
                    </UnstyledButton>
                  ) : (
                    text(mark)
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </DataTableView>
      {data.length > MAX_ROWS && (
        <Text size="xs" c="dimmed" mt={4}>
          The first {count(MAX_ROWS)} of {count(data.length)} rows; the CSV has all of them.
        </Text>
      )}
    </>
  );
}
