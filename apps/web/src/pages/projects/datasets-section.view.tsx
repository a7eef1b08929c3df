import { Anchor, Table, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IconDatabase, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { ActionView } from '../../parts/action.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { JOB_LOOKS } from '../../parts/states.js';
import { TimeView } from '../../parts/time.view.js';
import { splitName } from '../../parts/address/split.js';
import { useDatasetVersions } from '../../features/project/project.query.js';

/** The dataset versions of a project. */
export function DatasetsSectionView({ projectId, add }: { projectId: string; add: () => void }) {
  const versions = useDatasetVersions(projectId);
  const { noEdit } = useRights();
  return (
    <SectionView
      title="Data"
      flush
      actions={
        <ActionView
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          off={noEdit}
          onClick={add}
        >
          Add data
        </ActionView>
      }
      note={versions.data === undefined ? undefined : counted(versions.data.length, 'version')}
    >
      <QueryView query={versions}>
        {(list) =>
          list.length === 0 ? (
            <EmptyView icon={<IconDatabase />} title="No data yet">
              Drop files on this page, or add an integration, check it, and ingest it: each time it becomes an
              immutable version.
            </EmptyView>
          ) : (
            <DataTableView minWidth={280} maxHeight={320} fixed>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>version</Table.Th>
                  <Table.Th w={132}>state</Table.Th>
                  <Table.Th w={90} ta="right">
                    samples
                  </Table.Th>
                  <Table.Th w="30%" visibleFrom="sm">
                    splits
                  </Table.Th>
                  <Table.Th w={120} ta="right" visibleFrom="sm">
                    created
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.map((version) => (
                  <VersionRow key={version.id} version={version} />
                ))}
              </Table.Tbody>
            </DataTableView>
          )
        }
      </QueryView>
    </SectionView>
  );
}

function VersionRow({ version }: { version: DatasetVersion }) {
  const ready = version.state === JobState.SUCCEEDED;
  const splits = version.splits
    .map(({ split, count: samples }) => `${count(samples)} ${splitName(split)}`)
    .join(', ');
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          component={Link}
          to={links.dataset(version.projectId, version.id)}
          size="sm"
          fw={500}
          display="block"
          truncate
          title={version.displayName}
        >
          {version.displayName}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <StateBadgeView
          state={ready ? { ...JOB_LOOKS[version.state], label: 'ready' } : JOB_LOOKS[version.state]}
        />
      </Table.Td>
      <Table.Td ta="right">{ready ? count(version.sampleCount) : '–'}</Table.Td>
      <Table.Td visibleFrom="sm">
        <Text
          size="xs"
          c={version.fault === undefined ? 'dimmed' : 'red'}
          truncate
          title={version.fault?.message ?? splits}
        >
          {version.fault?.message ?? splits}
        </Text>
      </Table.Td>
      <Table.Td ta="right" c="dimmed" visibleFrom="sm">
        <TimeView at={version.readyTime ?? version.createTime} />
      </Table.Td>
    </Table.Tr>
  );
}
