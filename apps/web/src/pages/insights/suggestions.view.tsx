import { Table, Text } from '@mantine/core';
import type { InsightMember } from '@noema/contracts/noema/insights/v1/insight';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, counted } from '../../parts/numbers.js';
import { className } from '../../features/sample/verdict.view.js';
import { countSuggestions } from './suggestions.js';

/** Pairs of labels that are shown. */
const MAX_PAIRS = 20;

/** How often each label of the members is suggested to become another one. */
export function SuggestionsView({ members }: { members: readonly InsightMember[] }) {
  const pairs = countSuggestions(members);
  return (
    <>
      <DataTableView minWidth={260} label="Suggested labels">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>label</Table.Th>
            <Table.Th>suggested</Table.Th>
            <Table.Th ta="right">samples</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pairs.slice(0, MAX_PAIRS).map(({ from, to, samples }) => (
            <Table.Tr key={`${from.trueClass} ${to.suggestedClass}`}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {from.trueClass < 0 ? 'none' : className(from.trueClassName, from.trueClass)}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {className(to.suggestedClassName, to.suggestedClass)}
              </Table.Td>
              <Table.Td ta="right">{count(samples)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </DataTableView>
      {pairs.length > MAX_PAIRS && (
        <Text size="xs" c="dimmed" p="md">
          {counted(pairs.length - MAX_PAIRS, 'rarer pair')} not shown; the export has all.
        </Text>
      )}
    </>
  );
}
