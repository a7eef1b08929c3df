import { Table, Text, UnstyledButton } from '@mantine/core';
import type { Interval } from '@noema/evaluation';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { ClassRow } from '../../features/evaluation/report.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, part, percent, value } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import { differenceText } from './measures.view.js';
import type { Picked } from './picked.js';

type Column = 'index' | 'precision' | 'recall' | 'f1' | 'support' | 'meanLoss';
const COLUMNS: readonly (readonly [Column, string])[] = [
  ['index', 'class'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'F1'],
  ['support', 'support'],
  ['meanLoss', 'mean loss'],
];

/** The rows by a column; undefined numbers are last. */
export function sortClasses(rows: readonly ClassRow[], column: Column, isDescending: boolean): ClassRow[] {
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[column], b[column]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return sign * (x - y) || a.index - b.index;
  });
}

/** Precision, recall, F1, support and mean loss of each class. */
export function ClassTableView({
  rows,
  hasDifference,
  onPick,
}: {
  rows: readonly ClassRow[];
  hasDifference: boolean;
  onPick: (picked: Picked) => void;
}) {
  const [order, setOrder] = useState<readonly [Column, boolean]>(['index', false]);
  const sorted = useMemo(() => sortClasses(rows, ...order), [rows, order]);
  return (
    <SectionView title="Classes" flush note="small: 95% interval">
      <DataTableView minWidth={hasDifference ? 860 : 520} maxHeight={500} spacing={5}>
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map(([column, title]) => (
              <Table.Th
                key={column}
                ta={column === 'index' ? 'left' : 'right'}
                aria-sort={order[0] === column ? (order[1] ? 'descending' : 'ascending') : 'none'}
              >
                <UnstyledButton
                  fz="xs"
                  fw={550}
                  onClick={() => {
                    setOrder(([now, isDescending]) => [column, now === column ? !isDescending : false]);
                  }}
                >
                  {title}
                  {order[0] === column &&
                    (order[1] ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
                </UnstyledButton>
              </Table.Th>
            ))}
            {hasDifference && <Table.Th>change of recall</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((row) => (
            <Table.Tr key={row.index} data-testid="class-row">
              <Table.Td maw={180}>
                <UnstyledButton
                  fz="sm"
                  td="underline"
                  style={{ overflowWrap: 'anywhere' }}
                  onClick={() => {
                    onPick({
                      pick: { truth: row.index },
                      title: `Label ${row.name}`,
                      onMap: [['in', 'true_class', row.name]],
                    });
                  }}
                >
                  {row.name}
                </UnstyledButton>
              </Table.Td>
              <ShareCell share={row.precision} interval={row.precisionInterval} />
              <ShareCell share={row.recall} interval={row.recallInterval} />
              <ShareCell share={row.f1} interval={row.f1Interval} />
              <Table.Td ta="right">{count(row.support)}</Table.Td>
              <Table.Td ta="right">{Number.isNaN(row.meanLoss) ? '–' : value(row.meanLoss)}</Table.Td>
              {hasDifference && (
                <Table.Td fz="xs">
                  {row.recallDifference === undefined ? '–' : differenceText(row.recallDifference, true)}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </DataTableView>
    </SectionView>
  );
}

function ShareCell({ share, interval }: { share: number; interval: Interval | undefined }) {
  return (
    <Table.Td ta="right">
      {Number.isNaN(share) ? '–' : percent(share)}
      {interval !== undefined && (
        <Text size="xs" c="dimmed" lh={1.2} style={{ whiteSpace: 'nowrap' }}>
          {part(interval.low)} to {part(interval.high)}
        </Text>
      )}
    </Table.Td>
  );
}
