import { Button, Code, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { Secret } from '@noema/contracts/noema/workspace/v1/secret';
import { IconLock, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { secrets } from '../../api/team-clients.js';
import { ActionView } from '../../parts/action.view.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { NotShownView } from './not-shown.view.js';
import { SecretDialogView } from './secret-dialog.view.js';
import { useSelf } from '../../parts/self.query.js';
import { refreshTeam, useSecrets } from './team.query.js';

/**
 * The open dialog: the form for a new secret or for the value of one, or the question before one is deleted.
 */
type Open =
  | { readonly what: 'form'; readonly secret?: Secret }
  | { readonly what: 'delete'; readonly secret: Secret };

/** The secrets that integrations ask for by name; their values can be written and never read. */
export function SecretsTabView() {
  const self = useSelf();
  const { canEdit, noAdmin } = useRights();
  const query = useSecrets(canEdit);
  const client = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const close = (): void => {
    setOpen(undefined);
  };
  if (self.data !== undefined && !canEdit) return <NotShownView what="Secrets" roles="editors and admins" />;
  const add = (
    <ActionView
      size="xs"
      leftSection={<IconPlus size={16} />}
      off={noAdmin}
      onClick={() => {
        setOpen({ what: 'form' });
      }}
    >
      New secret
    </ActionView>
  );
  return (
    <SectionView
      title="Secrets"
      flush
      note={query.data && `${counted(query.data.length, 'secret')}; their values are never shown`}
      actions={add}
    >
      {query.data === undefined && query.error !== null && (
        <Stack p="md">
          <FaultView
            error={query.error}
            retry={() => {
              void query.refetch();
            }}
          />
        </Stack>
      )}
      {query.isPending && (
        <Stack gap="sm" p="md" role="status" aria-busy="true" aria-label="loading">
          {[0, 1].map((i) => (
            <Skeleton key={i} h={28} />
          ))}
        </Stack>
      )}
      {query.data?.length === 0 && (
        <EmptyView icon={<IconLock />} title="No secrets yet">
          Passwords of buckets and databases belong here: an integration asks for them by name, and nobody can
          read them.
        </EmptyView>
      )}
      {query.data !== undefined && query.data.length > 0 && (
        <Table verticalSpacing={8} horizontalSpacing="md" layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>name</Table.Th>
              <Table.Th w={190} ta="right">
                created
              </Table.Th>
              <Table.Th w={190} ta="right">
                last written
              </Table.Th>
              <Table.Th w={220}>
                <span className="visually-hidden">actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.map((secret) => (
              <Table.Tr key={secret.id}>
                <Table.Td>
                  <Code>{secret.name}</Code>
                </Table.Td>
                <Table.Td ta="right" fz="sm" c="dimmed">
                  <TimeView at={secret.createTime} />
                </Table.Td>
                <Table.Td ta="right" fz="sm" c="dimmed">
                  <TimeView at={secret.updateTime} />
                </Table.Td>
                <Table.Td>
                  {noAdmin === undefined && (
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        color="gray"
                        onClick={() => {
                          setOpen({ what: 'form', secret });
                        }}
                        aria-label={`Replace the value of ${secret.name}`}
                      >
                        Replace value
                      </Button>
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        color="red"
                        onClick={() => {
                          setOpen({ what: 'delete', secret });
                        }}
                        aria-label={`Delete ${secret.name}`}
                      >
                        Delete
                      </Button>
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {noAdmin !== undefined && (
        <Text size="xs" c="dimmed" px="md" py="xs">
          {noAdmin}
        </Text>
      )}
      <SecretDialogView
        opened={open?.what === 'form'}
        secret={open?.what === 'form' ? open.secret : undefined}
        onClose={close}
      />
      <ConfirmView
        opened={open?.what === 'delete'}
        onClose={close}
        title={`Delete ${open?.secret?.name ?? ''}?`}
        verb="Delete"
        typed={open?.secret?.name ?? ''}
        act={async () => {
          await secrets.deleteSecret({ secretId: open?.secret?.id ?? '' });
          await refreshTeam(client);
        }}
      >
        Integrations that ask for it fail from now on. The value cannot be brought back.
      </ConfirmView>
    </SectionView>
  );
}
