import { Anchor, Group, Table } from '@mantine/core';
import { IconBinaryTree2, IconFileImport, IconPlus } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { ActionView } from '../../parts/action.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, counted, shape } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { ImportModelView } from './import-model.view.js';
import { useModels } from '../../features/project/model.query.js';
import { NewModelView } from './new-model.view.js';

/** The models of a project. */
export function ModelsSectionView({ projectId }: { projectId: string }) {
  const models = useModels(projectId);
  const { noEdit } = useRights();
  const [asked, setAsked] = useState<'import' | 'add'>();
  const close = useCallback(() => {
    setAsked(undefined);
  }, []);
  return (
    <SectionView
      title="Models"
      flush
      actions={
        <Group gap={6}>
          <ActionView
            size="xs"
            variant="default"
            leftSection={<IconFileImport size={14} />}
            off={noEdit}
            onClick={() => {
              setAsked('import');
            }}
          >
            Import
          </ActionView>
          <ActionView
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            off={noEdit}
            onClick={() => {
              setAsked('add');
            }}
          >
            Add
          </ActionView>
        </Group>
      }
      note={models.data === undefined ? undefined : counted(models.data.length, 'model')}
    >
      <QueryView query={models}>
        {(list) =>
          list.length === 0 ? (
            <EmptyView icon={<IconBinaryTree2 />} title="No model yet">
              Import a trained one (ONNX, TF.js), or add layers as Keras or TF.js write them and train them
              here.
            </EmptyView>
          ) : (
            <DataTableView minWidth={280} maxHeight={320} fixed>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>model</Table.Th>
                  <Table.Th w={110} ta="right">
                    parameters
                  </Table.Th>
                  <Table.Th w="30%" visibleFrom="sm">
                    shape
                  </Table.Th>
                  <Table.Th w={120} ta="right" visibleFrom="sm">
                    created
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.map((model) => (
                  <Table.Tr key={model.id}>
                    <Table.Td>
                      <Anchor
                        component={Link}
                        to={links.model(projectId, model.id)}
                        size="sm"
                        fw={500}
                        display="block"
                        truncate
                        title={model.displayName}
                      >
                        {model.displayName}
                      </Anchor>
                    </Table.Td>
                    <Table.Td ta="right">{count(model.parameterCount)}</Table.Td>
                    <Table.Td c="dimmed" fz="xs" visibleFrom="sm">
                      {model.inputs.map(({ dims }) => shape(dims)).join(', ')} →{' '}
                      {model.outputs.map(({ dims }) => shape(dims)).join(', ')}
                    </Table.Td>
                    <Table.Td ta="right" c="dimmed" visibleFrom="sm">
                      <TimeView at={model.createTime} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </DataTableView>
          )
        }
      </QueryView>
      <NewModelView projectId={projectId} opened={asked === 'add'} onClose={close} />
      <ImportModelView projectId={projectId} opened={asked === 'import'} onClose={close} />
    </SectionView>
  );
}
