import { Table, Text } from '@mantine/core';
import { useMemo } from 'react';
import { DataTableView } from '../../../parts/data-table.view.js';
import { SectionView } from '../../../parts/section.view.js';
import { useEpochsOfRuns } from '../../../features/runs/epoch.query.js';
import { differingSettings, type RunRow } from '../../../features/runs/run-row.js';
import { RunChartsView } from '../run-charts.view.js';
import { settingText } from './run-columns.js';

/** Selected runs on top of each other: their charts, and the settings that differ. */
export function RunComparisonView({ rows }: { rows: readonly RunRow[] }) {
  const ids = useMemo(() => rows.map(({ run }) => run.id), [rows]);
  const epochs = useEpochsOfRuns(ids);
  const charted = useMemo(
    () => rows.map(({ run }, at) => ({ id: run.id, name: run.displayName, epochs: epochs[at] ?? [] })),
    [rows, epochs],
  );
  const differing = useMemo(() => differingSettings(rows), [rows]);
  return (
    <>
      <RunChartsView runs={charted} lastEpoch={undefined} batches={[]} />
      {rows.length > 1 && (
        <SectionView title="Settings that differ" flush>
          {differing.length === 0 ? (
            <Text size="sm" c="dimmed" px="md" pb="md">
              The selected runs have the same settings.
            </Text>
          ) : (
            <DataTableView minWidth={160 + 150 * rows.length} label="Settings of the selected runs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>setting</Table.Th>
                  {rows.map(({ run }) => (
                    <Table.Th data-verbatim key={run.id} maw={220} title={run.displayName}>
                      <Text span inherit truncate display="block">
                        {run.displayName}
                      </Text>
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {differing.map((name) => (
                  <Table.Tr key={name}>
                    <Table.Th fw={400} c="dimmed">
                      {name}
                    </Table.Th>
                    {rows.map(({ run, settings }) => (
                      <Table.Td key={run.id} style={{ overflowWrap: 'anywhere' }}>
                        {settingText(settings.get(name))}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </DataTableView>
          )}
        </SectionView>
      )}
    </>
  );
}
