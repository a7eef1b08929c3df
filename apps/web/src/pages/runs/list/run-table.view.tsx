import { Anchor, Checkbox, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../../parts/address/links.js';
import { splitName } from '../../../parts/address/split.js';
import { count, counted, metricValue } from '../../../parts/numbers.js';
import { StateBadgeView } from '../../../parts/state-badge.view.js';
import { RUN_LOOKS } from '../../../parts/states.js';
import { TimeView } from '../../../parts/time.view.js';
import { useVisibleRows } from '../../../parts/visible-rows.js';
import type { RunRow } from '../../../features/runs/run-row.js';
import type { RunColumn } from './run-columns.js';
import type { RunSort } from './run-list.state.js';
import type { RunGroup } from './run-order.js';
import classes from './run-table.module.css';
import { plainName } from '../../../parts/plain-name.js';

/** Height of a row in pixels, as in the style sheet. */
const ROW = 42;
/** Runs that can be compared, one for each color of a chart. */
export const MAX_CHOSEN = 8;

interface RunTable {
  readonly columns: readonly RunColumn[];
  readonly groups: readonly RunGroup[];
  /** Name of the setting that the groups share; undefined for one group of all. */
  readonly groupedBy: string | undefined;
  readonly metric: string | undefined;
  readonly sort: RunSort;
  readonly chosen: readonly string[];
  readonly onSort: (sort: RunSort) => void;
  readonly onChoose: (ids: readonly string[]) => void;
}

type Line = { readonly group: RunGroup } | { readonly row: RunRow };

/** Runs as a table that is sorted by its heads; it draws the rows in sight alone. */
export function RunTableView(table: RunTable) {
  const { columns, groups, groupedBy, chosen } = table;
  const lines = useMemo(
    () =>
      groups.flatMap((group): Line[] => [
        ...(groupedBy === undefined ? [] : [{ group }]),
        ...group.rows.map((row) => ({ row })),
      ]),
    [groups, groupedBy],
  );
  const box = useRef<HTMLDivElement>(null);
  const { first, last } = useVisibleRows(box, lines.length, ROW);
  const width = columns.reduce((sum, column) => sum + column.width, 44);
  return (
    <div className={classes.box} ref={box} tabIndex={0} role="region" aria-label="Table of runs">
      <Table
        stickyHeader
        highlightOnHover
        layout="fixed"
        fz="sm"
        miw={width}
        horizontalSpacing="sm"
        aria-rowcount={lines.length + 1}
      >
        <Table.Thead style={{ zIndex: 2 }}>
          <Table.Tr aria-rowindex={1}>
            <Table.Th w={44}>
              <VisuallyHidden>compare</VisuallyHidden>
            </Table.Th>
            {columns.map((column) => (
              <HeadView key={column.key} column={column} {...table} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <SpaceView rows={first} span={columns.length + 1} />
          {lines.slice(first, last).map((line, i) =>
            'group' in line ? (
              <Table.Tr
                key={`group ${line.group.value}`}
                className={classes.group}
                aria-rowindex={first + i + 2}
              >
                <Table.Td colSpan={columns.length + 1}>
                  <GroupView group={line.group} name={groupedBy ?? ''} metric={table.metric} />
                </Table.Td>
              </Table.Tr>
            ) : (
              <Table.Tr key={line.row.run.id} aria-rowindex={first + i + 2}>
                <Table.Td>
                  <ChoiceView row={line.row} {...table} />
                </Table.Td>
                {columns.map((column) => (
                  <Table.Td
                    key={column.key}
                    ta={column.isNumber ? 'right' : 'left'}
                    className={column.key === 'name' ? classes.pinned : ''}
                    title={column.format(line.row)}
                  >
                    <CellView column={column} row={line.row} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ),
          )}
          <SpaceView rows={lines.length - last} span={columns.length + 1} />
        </Table.Tbody>
      </Table>
      <VisuallyHidden aria-live="polite">{counted(chosen.length, 'run')} selected</VisuallyHidden>
    </div>
  );
}

const SpaceView = ({ rows, span }: { rows: number; span: number }) =>
  rows <= 0 ? null : (
    <tr aria-hidden style={{ height: rows * ROW }}>
      <td colSpan={span} />
    </tr>
  );

function HeadView({ column, sort, onSort }: { column: RunColumn } & Pick<RunTable, 'sort' | 'onSort'>) {
  const isSorted = sort.column === column.key;
  return (
    <Table.Th
      w={column.width}
      className={column.key === 'name' ? classes.pinned : ''}
      aria-sort={!isSorted ? 'none' : sort.falling ? 'descending' : 'ascending'}
    >
      <UnstyledButton
        fz="sm"
        className={classes.head}
        data-end={column.isNumber || undefined}
        title={`Sort by ${column.title}`}
        onClick={() => {
          onSort({ column: column.key, falling: isSorted ? !sort.falling : column.isNumber });
        }}
      >
        <Text span inherit truncate>
          {column.title}
        </Text>
        {isSorted && (sort.falling ? <IconArrowDown size={14} /> : <IconArrowUp size={14} />)}
      </UnstyledButton>
    </Table.Th>
  );
}

function ChoiceView({
  row: { run },
  chosen,
  onChoose,
}: { row: RunRow } & Pick<RunTable, 'chosen' | 'onChoose'>) {
  const isChosen = chosen.includes(run.id);
  const off =
    run.epochsDone === 0
      ? `${run.displayName} has no epoch yet`
      : !isChosen && chosen.length >= MAX_CHOSEN
        ? `${MAX_CHOSEN} runs are selected, the most in one chart`
        : undefined;
  return (
    <Checkbox
      size="xs"
      checked={isChosen}
      disabled={off !== undefined}
      title={off}
      aria-label={`Compare ${run.displayName}`}
      onChange={() => {
        onChoose(isChosen ? chosen.filter((id) => id !== run.id) : [...chosen, run.id]);
      }}
    />
  );
}

function CellView({ column, row }: { column: RunColumn; row: RunRow }) {
  const { run, metric } = row;
  switch (column.key) {
    case 'name':
      return (
        <Anchor
          component={Link}
          to={links.run(run.projectId, run.id)}
          size="sm"
          fw={600}
          title={run.displayName}
        >
          {run.displayName}
        </Anchor>
      );
    case 'state':
      return <StateBadgeView state={RUN_LOOKS[run.state]} />;
    case 'started':
      return <TimeView at={run.createTime} />;
    case 'metric':
      return metric === undefined ? (
        '–'
      ) : (
        <span title={`${splitName(metric.split)}, ${counted(metric.sampleCount, 'sample')}`}>
          {column.format(row)}
          {metric.interval !== undefined && (
            <span className={classes.interval}>
              {' '}
              {metricValue(metric.name, metric.interval.low)} –{' '}
              {metricValue(metric.name, metric.interval.high)}
            </span>
          )}
        </span>
      );
    default:
      return column.format(row);
  }
}

function GroupView({ group, name, metric }: { group: RunGroup; name: string; metric: string | undefined }) {
  const { value, rows, mean, n, interval } = group;
  const text = (number: number): string => metricValue(metric ?? '', number);
  return (
    <Text size="sm" span>
      <b>
        {name}: {value}
      </b>{' '}
      · {counted(rows.length, 'run')}
      {mean !== undefined &&
        ` · mean ${plainName(metric ?? 'metric')} ${text(mean)}, n = ${count(n)}` +
          (interval === undefined ? '' : `, 95% interval ${text(interval.low)} to ${text(interval.high)}`)}
    </Text>
  );
}
