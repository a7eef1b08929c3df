import { ActionIcon, Code, Group, Menu, Table } from '@mantine/core';
import type { Integration } from '@noema/contracts/noema/datasets/v1/integration';
import { IconDots, IconPlug, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { integrations } from '../../api/making-clients.js';
import { ActionView } from '../../parts/action.view.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { bytes } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { IngestView } from './ingest.view.js';
import { IntegrationCheckView } from './integration-check.view.js';
import { NewIntegrationView } from './new-integration.view.js';
import { useIntegrations } from './integration.query.js';

type OpenDialog =
  | { readonly what: 'check' | 'ingest' | 'delete'; readonly integration: Integration }
  | { readonly what: 'create' };

/** The integrations of a project: add one, check it, ingest it. */
export function IntegrationsSectionView({ projectId }: { projectId: string }) {
  const list = useIntegrations(projectId);
  const { noEdit } = useRights();
  const client = useQueryClient();
  const [dialog, setDialog] = useState<OpenDialog>();
  const close = (): void => {
    setDialog(undefined);
  };
  const of = (what: 'check' | 'ingest' | 'delete'): Integration | undefined =>
    dialog?.what === what ? dialog.integration : undefined;
  const remove = async (): Promise<void> => {
    await integrations.deleteIntegration({ integrationId: of('delete')?.id ?? '' });
    await client.invalidateQueries({ queryKey: ['integration-list', projectId] });
  };
  return (
    <SectionView
      title="Integrations"
      flush
      actions={
        <ActionView
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          off={noEdit}
          onClick={() => {
            setDialog({ what: 'create' });
          }}
        >
          Add
        </ActionView>
      }
    >
      <QueryView query={list}>
        {(all) =>
          all.length === 0 ? (
            <EmptyView icon={<IconPlug />} title="No integration yet">
              An integration is code that turns your raw data into samples: splits, inputs, labels, metadata,
              pictures.
            </EmptyView>
          ) : (
            <DataTableView minWidth={520} maxHeight={320} fixed>
              <Table.Tbody>
                {all.map((integration) => (
                  <Table.Tr key={integration.id}>
                    <Table.Td>
                      <CutView text={integration.displayName} fw={500} />
                      <CutView text={sourceText(integration)} size="xs" c="dimmed" />
                    </Table.Td>
                    <Table.Td w={92}>
                      <Code title={`SHA-256 ${integration.digest}`}>{integration.digest.slice(0, 7)}</Code>
                    </Table.Td>
                    <Table.Td w={210}>
                      <Group gap={6} justify="flex-end" wrap="nowrap">
                        <ActionView
                          size="compact-xs"
                          variant="default"
                          off={noEdit}
                          onClick={() => {
                            setDialog({ what: 'check', integration });
                          }}
                        >
                          Check
                        </ActionView>
                        <ActionView
                          size="compact-xs"
                          variant="light"
                          off={noEdit}
                          onClick={() => {
                            setDialog({ what: 'ingest', integration });
                          }}
                        >
                          Ingest
                        </ActionView>
                        <Menu position="bottom-end">
                          <Menu.Target>
                            <ActionIcon
                              variant="subtle"
                              color="gray"
                              size="sm"
                              aria-label={`Actions of ${integration.displayName}`}
                            >
                              <IconDots size={14} />
                            </ActionIcon>
                          </Menu.Target>
                          <Menu.Dropdown>
                            <Menu.Item
                              color="red"
                              leftSection={<IconTrash size={16} />}
                              disabled={noEdit !== undefined}
                              onClick={() => {
                                setDialog({ what: 'delete', integration });
                              }}
                            >
                              Delete
                            </Menu.Item>
                          </Menu.Dropdown>
                        </Menu>
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </DataTableView>
          )
        }
      </QueryView>
      <NewIntegrationView
        projectId={projectId}
        opened={dialog?.what === 'create'}
        onClose={close}
        onDone={(integration) => {
          setDialog({ what: 'check', integration });
        }}
      />
      <IntegrationCheckView
        integration={of('check')}
        onClose={close}
        ingest={(integration) => {
          setDialog({ what: 'ingest', integration });
        }}
      />
      <IngestView integration={of('ingest')} onClose={close} />
      <ConfirmView
        opened={of('delete') !== undefined}
        onClose={close}
        title="Delete the integration"
        verb="Delete"
        act={remove}
      >
        Dataset versions created from <b>{of('delete')?.displayName}</b> stay.
      </ConfirmView>
    </SectionView>
  );
}

/** Where an integration is, in one line. */
function sourceText({ source }: Integration): string {
  switch (source?.source.case) {
    case 'modulePath':
      return source.source.value;
    case 'bundle':
      return `bundle ${source.source.value.sha256.slice(0, 12)}`;
    case 'data':
      return `files without code, ${bytes(Number(source.source.value.sizeBytes))}`;
    case 'objects':
      return `objects of run ${source.source.value.runId}, epoch ${source.source.value.epoch}`;
    case 'mapping':
      return `mapping of ${source.source.value.root}`;
    default:
      return '';
  }
}
