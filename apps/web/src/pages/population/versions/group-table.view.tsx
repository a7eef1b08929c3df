import { Badge, Button, SegmentedControl, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { DataTableView } from '../../../parts/data-table.view.js';
import { count } from '../../../parts/numbers.js';
import { type CellPart, ChangeCellsView, SmallView } from './change-cells.view.js';
import { metricShort, pText } from './change-text.js';
import type { GroupChange } from './group-changes.js';

/** Groups that are shown before all are requested. */
const FIRST = 12;

/** Each class and slice × both versions, the surest change first; clear changes are flagged. */
export function GroupTableView({
  groups,
  onOpen,
}: {
  readonly groups: readonly GroupChange[];
  readonly onOpen: (group: GroupChange, part: CellPart) => void;
}) {
  const [metric, setMetric] = useState(0);
  const [isAll, setAll] = useState(false);
  const metrics = groups[0]?.changes.map(({ name }) => name) ?? [];
  const at = Math.min(metric, metrics.length - 1);
  const sorted = useMemo(
    () =>
      [...groups].sort(
        (one, other) =>
          rank(one.changes[at]!.adjustedP) - rank(other.changes[at]!.adjustedP) ||
          rank(one.changes[at]!.pValue) - rank(other.changes[at]!.pValue),
      ),
    [groups, at],
  );
  const compared = groups.filter(({ changes }) => changes[at]!.n > 0).length;
  if (groups.length === 0)
    return (
      <Text size="xs" c="dimmed">
        No class has samples of its own, and there are no slices. Draw a lasso around some dots and save them
        as a slice, to compare both versions on it.
      </Text>
    );
  return (
    <Stack gap={6}>
      {metrics.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="Metric of the classes and slices"
          data={metrics.map((name, i) => ({ value: String(i), label: metricShort(name) }))}
          value={String(at)}
          onChange={(next) => {
            setMetric(Number(next));
          }}
        />
      )}
      <DataTableView minWidth={300} spacing={4} horizontal={4}>
        <Table.Thead>
          <Table.Tr fz="xs">
            <Table.Th>Samples</Table.Th>
            <Table.Th ta="right">A</Table.Th>
            <Table.Th ta="right">B</Table.Th>
            <Table.Th ta="right">B − A</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.slice(0, isAll ? undefined : FIRST).map((group) => {
            const change = group.changes[at]!;
            return (
              <Table.Tr
                key={`${group.kind} ${group.id}`}
                style={{ verticalAlign: 'top', fontVariantNumeric: 'tabular-nums' }}
              >
                <Table.Th fw={500} fz="xs" maw={100}>
                  <UnstyledButton
                    fz="xs"
                    maw={100}
                    title={`Show the samples of ${group.kind} ${group.title}`}
                    style={{ overflowWrap: 'anywhere' }}
                    onClick={() => {
                      onOpen(group, 'all');
                    }}
                  >
                    {group.title === '' ? 'no name' : group.title}
                    <SmallView>{group.kind}</SmallView>
                    <SmallView>n = {count(change.n)}</SmallView>
                  </UnstyledButton>
                </Table.Th>
                <ChangeCellsView
                  change={change}
                  note={
                    <>
                      <SmallView>{pText(change.adjustedP)}</SmallView>
                      {change.isFlagged && (
                        <Badge size="xs" variant="light" color={isWorse(change) ? 'orange' : 'blue'}>
                          {isWorse(change) ? 'worse' : 'better'}
                        </Badge>
                      )}
                    </>
                  }
                  onOpen={(part) => {
                    onOpen(group, part);
                  }}
                />
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </DataTableView>
      {sorted.length > FIRST && !isAll && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            setAll(true);
          }}
        >
          Show all {count(sorted.length)}
        </Button>
      )}
      <Text size="xs" c="dimmed">
        Intervals of 95%; differences of the accuracy in percentage points. The p-values are adjusted for the{' '}
        {count(compared)} classes and slices with samples (Holm); below 0.05 a change is marked.
      </Text>
    </Stack>
  );
}

/** Groups without samples come last. */
const rank = (p: number): number => (Number.isNaN(p) ? 2 : p);

const LOWER_IS_BETTER: ReadonlySet<string> = new Set(['loss', 'residual']);
const isWorse = ({ name, difference: { value } }: GroupChange['changes'][number]): boolean =>
  LOWER_IS_BETTER.has(name) ? value > 0 : value < 0;
