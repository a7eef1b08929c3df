import { Box, Group, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { ComputeTime, QuotaUsage, TeamUsage } from '@noema/contracts/noema/workspace/v1/usage';
import type { TeamQuota } from '@noema/contracts/noema/workspace/v1/team';
import { EmptyView } from '../../parts/empty.view.js';
import { IconClock } from '@tabler/icons-react';
import { count, duration } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { quotaColor, quotaLine } from './quota-text.js';
import { useSelf } from '../../parts/self.query.js';
import { useUsage } from './team.query.js';

/** Usage and quotas of the team. */
export function UsageTabView() {
  const self = useSelf();
  const team = self.data?.team;
  const usage = useUsage(team?.id);
  return (
    <QueryView query={usage}>
      {({ usage: seen }) =>
        seen === undefined ? null : (
          <Stack gap="md">
            <QuotasSection usage={seen} quota={team?.quota} />
            <ComputeSection compute={seen.compute} />
          </Stack>
        )
      }
    </QueryView>
  );
}

function QuotasSection({ usage, quota }: { usage: TeamUsage; quota: TeamQuota | undefined }) {
  const rate = quota?.maxRequestsPerMinute ?? 0;
  return (
    <SectionView
      title="Quotas"
      note={
        usage.reportTime === undefined ? (
          'no service has reported its usage yet'
        ) : (
          <>
            numbers of <TimeView at={usage.reportTime} />
          </>
        )
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="lg">
        {usage.quotas.map((entry) => (
          <QuotaView key={entry.quota} entry={entry} />
        ))}
        <Box>
          <Text size="sm" fw={500}>
            Requests a minute
          </Text>
          <Text size="sm">{rate === 0 ? 'no limit' : `${count(rate)} by each gateway`}</Text>
        </Box>
      </SimpleGrid>
    </SectionView>
  );
}

function QuotaView({ entry }: { entry: QuotaUsage }) {
  const { label, note, used, left, share } = quotaLine(entry);
  return (
    <Box>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="baseline">
        <Text size="sm" fw={500}>
          {label}
          {note !== '' && (
            <Text span size="xs" c="dimmed" fw={400}>
              {' '}
              {note}
            </Text>
          )}
        </Text>
        <Text
          size="xs"
          c={share !== undefined && share >= 1 ? 'red' : 'dimmed'}
          style={{ whiteSpace: 'nowrap' }}
        >
          {left}
        </Text>
      </Group>
      {share !== undefined && (
        <Progress
          value={100 * share}
          color={quotaColor(share)}
          size="sm"
          my={6}
          aria-label={`${label}: ${used}`}
        />
      )}
      <Text size="sm">{used}</Text>
    </Box>
  );
}

function ComputeSection({ compute }: { compute: readonly ComputeTime[] }) {
  const days = [...new Set(compute.map(({ day }) => day))].sort().reverse();
  const devices = [...new Set(compute.map(({ device }) => device))].sort();
  const seconds = (day: string, device: string): number =>
    compute.find((c) => c.day === day && c.device === device)?.seconds ?? 0;
  const total = (device: string): number =>
    compute.filter((c) => c.device === device).reduce((sum, c) => sum + c.seconds, 0);
  return (
    <SectionView title="Compute time" note="the last 30 days, UTC; attempts that failed count as well" flush>
      {days.length === 0 && (
        <EmptyView icon={<IconClock />} title="Nothing was computed">
          The time that workers spend on the team's jobs stands here, by day and device.
        </EmptyView>
      )}
      {days.length > 0 && (
        <Table verticalSpacing={7} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>day</Table.Th>
              {devices.map((device) => (
                <Table.Th data-verbatim key={device} ta="right">
                  {device}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.map((day) => (
              <Table.Tr key={day}>
                <Table.Td>{day}</Table.Td>
                {devices.map((device) => (
                  <Table.Td key={device} ta="right">
                    {duration(1000 * seconds(day, device))}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th>all</Table.Th>
              {devices.map((device) => (
                <Table.Th data-verbatim key={device} ta="right">
                  {duration(1000 * total(device))}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      )}
    </SectionView>
  );
}
