import { Anchor, Code, Table, VisuallyHidden } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconLasso } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { toComparedRun } from '../../features/selection/compared-run.js';
import { SliceMenuView } from '../../features/selection/slice-menu.view.js';
import { useSlices } from '../../features/selection/slices.query.js';
import { links } from '../../parts/address/links.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, counted, part } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';

/** The named slices of a dataset version; they lead to the map of a run and to its metrics. */
export function SlicesSectionView({ version, run }: { version: DatasetVersion; run: Run | undefined }) {
  const list = useSlices(version.id);
  const compared = run && toComparedRun(run);
  return (
    <SectionView
      title="Slices"
      flush
      note={list.data === undefined ? undefined : counted(list.data.length, 'slice')}
    >
      <QueryView query={list}>
        {(all) =>
          all.length === 0 ? (
            <EmptyView icon={<IconLasso />} title="No slice yet">
              Draw a lasso in the population exploration and save what is in it under a name.
            </EmptyView>
          ) : (
            <DataTableView minWidth={280} maxHeight={320} fixed>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>slice</Table.Th>
                  <Table.Th w={130} ta="right">
                    samples
                  </Table.Th>
                  <Table.Th w="34%" visibleFrom="sm">
                    source
                  </Table.Th>
                  <Table.Th w={140} ta="right" visibleFrom="sm">
                    created
                  </Table.Th>
                  <Table.Th w={56}>
                    <VisuallyHidden>actions</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {all.map((slice) => (
                  <Table.Tr key={slice.id}>
                    <Table.Td>
                      {run === undefined ? (
                        <CutView text={slice.displayName} fw={500} />
                      ) : (
                        <Anchor
                          component={Link}
                          to={links.population(version.projectId, run.id, { sel: `slice:${slice.id}` })}
                          size="sm"
                          fw={500}
                          display="block"
                          truncate
                          title={`Show ${slice.displayName} on the map`}
                        >
                          {slice.displayName}
                        </Anchor>
                      )}
                      {slice.description !== '' && <CutView text={slice.description} size="xs" c="dimmed" />}
                    </Table.Td>
                    <Table.Td ta="right">
                      {count(slice.sampleCount)}{' '}
                      <span style={{ opacity: 0.7 }}>
                        · {part(slice.sampleCount / Math.max(1, version.sampleCount))}
                      </span>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      {slice.filter === '' ? (
                        'selected on the map'
                      ) : (
                        <Code
                          title={slice.filter}
                          style={{
                            display: 'block',
                            overflow: 'hidden',
                            textOverflow: 'ellipsis',
                            whiteSpace: 'nowrap',
                          }}
                        >
                          {slice.filter}
                        </Code>
                      )}
                    </Table.Td>
                    <Table.Td ta="right" c="dimmed" visibleFrom="sm">
                      <TimeView at={slice.createTime} />
                    </Table.Td>
                    <Table.Td>
                      <SliceMenuView slice={slice} slices={all} run={compared} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </DataTableView>
          )
        }
      </QueryView>
    </SectionView>
  );
}
