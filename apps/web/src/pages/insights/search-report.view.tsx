import { Stack, Table, Text } from '@mantine/core';
import {
  type InsightOutcome,
  InsightOutcomeState,
  type InsightSearch,
} from '@noema/contracts/noema/insights/v1/insight_search';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, counted, duration, part } from '../../parts/numbers.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import type { StateStyle } from '../../parts/states.js';
import { TimeView } from '../../parts/time.view.js';
import { findCommon } from './search-summary.js';

const STATES: Readonly<Record<InsightOutcomeState, StateStyle>> = {
  [InsightOutcomeState.UNSPECIFIED]: { label: 'unknown', color: 'gray', look: 'waits' },
  [InsightOutcomeState.DONE]: { label: 'searched', color: 'green', look: 'done' },
  [InsightOutcomeState.SKIPPED]: { label: 'skipped', color: 'gray', look: 'stopped' },
  [InsightOutcomeState.FAILED]: { label: 'failed', color: 'red', look: 'failed' },
};

/** The kinds of a search, each with its candidates, or the reason why it was not searched. */
export function SearchReportView({ search }: { search: InsightSearch }) {
  const { searchedCount, sampleCount, recipe, outcomes, epoch } = search;
  const common = findCommon(outcomes);
  const { groupField = '' } = recipe ?? {};
  const groups = groupField === '' ? '' : `, groups by ${groupField}`;
  const remarks = [...search.remarks, ...common];
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" px="md">
        Epoch {epoch}, searched <TimeView at={search.readyTime ?? search.createTime} />:{' '}
        {searchedCount < sampleCount
          ? `${count(searchedCount)} of ${counted(sampleCount, 'sample')}, drawn by the seed`
          : counted(searchedCount, 'sample')}
        {recipe !== undefined &&
          `, seed ${recipe.seed}${groups}; at most ${part(recipe.q)} of the confirmed insights of a kind are false.`}
      </Text>
      {remarks.map((remark) => (
        <Text key={remark} size="sm" px="md">
          {remark}
        </Text>
      ))}
      <DataTableView minWidth={330} label="Kinds of insights that were searched">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>kind</Table.Th>
            <Table.Th ta="right">candidates</Table.Th>
            <Table.Th ta="right">confirmed</Table.Th>
            <Table.Th ta="right">hints</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">
              time
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {outcomes.map((outcome) => (
            <OutcomeRow key={outcome.kind} outcome={outcome} without={common} />
          ))}
        </Table.Tbody>
      </DataTableView>
    </Stack>
  );
}

function OutcomeRow({ outcome, without }: { outcome: InsightOutcome; without: readonly string[] }) {
  const { kind, title, state, tried, found, confirmed, seconds, reason, fault } = outcome;
  const remarks = outcome.remarks.filter((remark) => !without.includes(remark));
  const isDone = state === InsightOutcomeState.DONE;
  const notes = [reason, fault === undefined ? '' : `${fault.message} (${fault.reason})`, ...remarks].filter(
    (note) => note !== '',
  );
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {title || kind} {!isDone && <StateBadgeView state={STATES[state]} />}
        {notes.map((note) => (
          <Text key={note} size="xs" c="dimmed">
            {note}
          </Text>
        ))}
      </Table.Td>
      <Table.Td ta="right">{isDone ? count(tried) : '–'}</Table.Td>
      <Table.Td ta="right">{isDone ? count(confirmed) : '–'}</Table.Td>
      <Table.Td ta="right">{isDone ? count(found - confirmed) : '–'}</Table.Td>
      <Table.Td ta="right" visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
        {isDone ? duration(1000 * seconds) : '–'}
      </Table.Td>
    </Table.Tr>
  );
}
