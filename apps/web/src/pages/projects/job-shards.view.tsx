import { Progress, Table, Text } from '@mantine/core';
import { type JobShard, ShardState } from '@noema/contracts/noema/jobs/v1/job';
import { IconStack2 } from '@tabler/icons-react';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { SHARD_LOOKS } from '../../parts/states.js';
import { DurationView } from '../../parts/time.view.js';
import { type JobAddress, useJobShards } from '../../features/jobs/job.query.js';
import { progressShare, progressText } from '../../features/jobs/job-kinds.js';

/** The shards of a job by stage: who holds each, how far it is, why its last attempt failed. */
export function JobShardsView({ service, jobId, open }: JobAddress & { open: boolean }) {
  const shards = useJobShards({ service, jobId }, open);
  const stages = new Set(shards.data?.map(({ stage }) => stage)).size;
  return (
    <SectionView
      title="Shards"
      flush
      note={
        shards.data === undefined
          ? undefined
          : `${counted(shards.data.length, 'shard')} in ${counted(stages, 'stage')}`
      }
    >
      <QueryView query={shards} lines={4}>
        {(list) =>
          list.length === 0 ? (
            <EmptyView icon={<IconStack2 />} title="No shard yet">
              A job is split into shards when a worker starts it; one worker at a time runs each.
            </EmptyView>
          ) : (
            <DataTableView minWidth={760} maxHeight={420} fixed label="Shards">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={150}>stage</Table.Th>
                  <Table.Th w={70} ta="right">
                    shard
                  </Table.Th>
                  <Table.Th w={140}>state</Table.Th>
                  <Table.Th>progress</Table.Th>
                  <Table.Th w={90} ta="right">
                    attempt
                  </Table.Th>
                  <Table.Th w="18%">worker</Table.Th>
                  <Table.Th w={110} ta="right">
                    time
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.map((shard) => (
                  <ShardRow key={`${shard.stage}/${shard.index}`} shard={shard} />
                ))}
              </Table.Tbody>
            </DataTableView>
          )
        }
      </QueryView>
    </SectionView>
  );
}

function ShardRow({ shard }: { shard: JobShard }) {
  const share = progressShare(shard.progress);
  const running = shard.state === ShardState.RUNNING;
  return (
    <Table.Tr>
      <Table.Td fw={500}>{shard.stage}</Table.Td>
      <Table.Td ta="right">{shard.index}</Table.Td>
      <Table.Td>
        <StateBadgeView state={SHARD_LOOKS[shard.state]} />
      </Table.Td>
      <Table.Td>
        {running && (
          <Progress
            value={(share ?? 1) * 100}
            size="sm"
            animated={share === undefined}
            aria-label={`Progress of shard ${shard.index} of ${shard.stage}`}
            mb={3}
          />
        )}
        {shard.fault === undefined ? (
          <Text size="xs" c="dimmed" truncate>
            {progressText(shard.progress, false)}
          </Text>
        ) : (
          <CutView text={shard.fault.message} size="xs" c="red" />
        )}
      </Table.Td>
      <Table.Td ta="right">{shard.attempt === 0 ? '–' : shard.attempt}</Table.Td>
      <Table.Td>
        <CutView text={shard.workerId === '' ? '–' : shard.workerId} size="xs" c="dimmed" />
      </Table.Td>
      <Table.Td ta="right">
        {shard.startTime === undefined ? '–' : <DurationView from={shard.startTime} to={shard.endTime} />}
      </Table.Td>
    </Table.Tr>
  );
}
