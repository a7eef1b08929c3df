import { Anchor, Table } from '@mantine/core';
import type { Insight, InsightExplanation } from '@noema/contracts/noema/insights/v1/insight';
import { Link } from 'react-router-dom';
import { chanceText } from '../../features/insights/insight-text.js';
import { links } from '../../parts/address/links.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, fixed, part, value } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';

/** Metadata and units that go along with an insight: the share of its samples, and of the rest, that have each. */
export function ExplanationsView({ insight }: { insight: Insight }) {
  return (
    <DataTableView minWidth={460} label="Metadata and units that go along with the insight">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>source</Table.Th>
          <Table.Th>value</Table.Th>
          <Table.Th ta="right">of them</Table.Th>
          <Table.Th ta="right">of the rest</Table.Th>
          <Table.Th ta="right">times as often</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            information
          </Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            chance of luck
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {insight.explanations.map((one) => (
          <Table.Tr key={`${one.source} ${one.name} ${one.value}`}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <SourceView insight={insight} explanation={one} />
            </Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{one.value}</Table.Td>
            <Table.Td ta="right">
              {part(one.inside)} (n {count(one.insideCount)})
            </Table.Td>
            <Table.Td ta="right">{part(one.outside)}</Table.Td>
            <Table.Td ta="right">
              {one.outside > 0 ? value(Number((one.inside / one.outside).toPrecision(2))) : 'only here'}
            </Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {fixed(one.information)}
            </Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {chanceText(one.qValue)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}

/** The name of a source; a unit leads to its page. */
function SourceView({ insight, explanation }: { insight: Insight; explanation: InsightExplanation }) {
  const { source, name } = explanation;
  const [, layer, unit] = /^(.*):(\d+)$/.exec(name) ?? [];
  if (source === 'unit' && layer !== undefined)
    return (
      <Anchor
        component={Link}
        size="sm"
        to={links.unit(
          insight.projectId,
          insight.runId,
          { layer, unit: Number(unit) },
          { epoch: insight.epoch },
        )}
      >
        unit {name}
      </Anchor>
    );
  if (source === 'label' || source === 'predicted') return <>{source}</>;
  return <>{plainName(name)}</>;
}
