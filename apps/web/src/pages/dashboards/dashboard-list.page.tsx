import { Anchor, Badge, Button, Stack, Table } from '@mantine/core';
import { IconLayoutDashboard, IconPlus } from '@tabler/icons-react';
import { Link, useParams } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { counted } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { useTitle } from '../../parts/use-title.js';
import { useDashboards } from './dashboards.query.js';

/** The saved dashboards of a project. */
export function DashboardListPage() {
  const { projectId = '' } = useParams();
  const list = useDashboards(projectId);
  useTitle('Dashboards');
  return (
    <PageView>
      <Stack gap="md">
        <PageHeadView
          title="Dashboards"
          actions={
            <Button
              component={Link}
              to={links.dashboard(projectId, 'new')}
              leftSection={<IconPlus size={16} />}
            >
              New dashboard
            </Button>
          }
        >
          Charts of the samples of a run: choose a mark to filter all others.
        </PageHeadView>
        <SectionView
          title="Saved dashboards"
          flush
          note={list.data === undefined ? undefined : counted(list.data.length, 'dashboard')}
        >
          <QueryView query={list} lines={4}>
            {(all) =>
              all.length === 0 ? (
                <EmptyView icon={<IconLayoutDashboard />} title="No saved dashboard yet">
                  A new dashboard starts with charts that fit the task of the newest run. Change it and save
                  it here, or send its address.
                </EmptyView>
              ) : (
                <DataTableView minWidth={300}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>dashboard</Table.Th>
                      <Table.Th w={140} ta="right">
                        changed
                      </Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {all.map(({ id, displayName, draft, updateTime }) => (
                      <Table.Tr key={id}>
                        <Table.Td style={{ overflowWrap: 'anywhere' }}>
                          <Anchor component={Link} to={links.dashboard(projectId, id)} size="sm" fw={600}>
                            {displayName}
                          </Anchor>{' '}
                          {draft && (
                            <Badge size="sm" variant="light" color="yellow" tt="none">
                              draft of an agent
                            </Badge>
                          )}
                        </Table.Td>
                        <Table.Td ta="right" c="dimmed">
                          <TimeView at={updateTime} />
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </DataTableView>
              )
            }
          </QueryView>
        </SectionView>
      </Stack>
    </PageView>
  );
}
