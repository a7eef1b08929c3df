import { ActionIcon, Badge, Group, Menu, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { Member } from '@noema/contracts/noema/workspace/v1/member';
import { IconDots, IconPencil, IconUserMinus, IconUserPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { members } from '../../api/team-clients.js';
import { ActionView } from '../../parts/action.view.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { MemberDialogView } from './member-dialog.view.js';
import { roleName } from './roles.js';
import { useSelf } from '../../parts/self.query.js';
import { refreshTeam, useMembers } from './team.query.js';

/**
 * The open dialog: the form for a new member or for one that is changed, or the question before one is
 * removed.
 */
type Open =
  | { readonly what: 'form'; readonly member?: Member }
  | { readonly what: 'remove'; readonly member: Member };

/** Everybody in the team; admins add, change and remove. */
export function MembersTabView() {
  const query = useMembers();
  const client = useQueryClient();
  const { noAdmin } = useRights();
  const [open, setOpen] = useState<Open>();
  const close = (): void => {
    setOpen(undefined);
  };
  return (
    <SectionView
      title="Members"
      flush
      note={query.data && counted(query.data.length, 'member')}
      actions={
        <ActionView
          size="xs"
          leftSection={<IconUserPlus size={16} />}
          off={noAdmin}
          onClick={() => {
            setOpen({ what: 'form' });
          }}
        >
          Add a member
        </ActionView>
      }
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
          {[0, 1, 2].map((i) => (
            <Skeleton key={i} h={28} />
          ))}
        </Stack>
      )}
      {query.data !== undefined && (
        <DataTableView minWidth={680} fixed spacing={8} label="Members">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>name</Table.Th>
              <Table.Th>e-mail</Table.Th>
              <Table.Th w={130}>role</Table.Th>
              <Table.Th w={190} ta="right">
                joined
              </Table.Th>
              <Table.Th w={56}>
                <span className="visually-hidden">actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.map((member) => (
              <MemberRow key={member.id} member={member} canChange={noAdmin === undefined} open={setOpen} />
            ))}
          </Table.Tbody>
        </DataTableView>
      )}
      <MemberDialogView
        opened={open?.what === 'form'}
        member={open?.what === 'form' ? open.member : undefined}
        onClose={close}
      />
      <ConfirmView
        opened={open?.what === 'remove'}
        onClose={close}
        title={`Remove ${open?.member?.displayName ?? ''}?`}
        verb="Remove"
        act={async () => {
          await members.deleteMember({ memberId: open?.member?.id ?? '' });
          await refreshTeam(client);
        }}
      >
        All API keys of this member stop working at once. What the member created stays.
      </ConfirmView>
    </SectionView>
  );
}

function MemberRow({
  member,
  canChange,
  open,
}: {
  member: Member;
  canChange: boolean;
  open: (open: Open) => void;
}) {
  const self = useSelf().data;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={8} wrap="nowrap">
          <CutView text={member.displayName} fw={550} />
          {member.id === self?.subject && (
            <Badge size="xs" variant="light" color="gray" style={{ flexShrink: 0 }}>
              you
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        {member.email === '' ? (
          <Text size="sm" c="dimmed">
            service account
          </Text>
        ) : (
          <CutView text={member.email} />
        )}
      </Table.Td>
      <Table.Td fz="sm">{roleName(member.role)}</Table.Td>
      <Table.Td ta="right" c="dimmed" fz="sm">
        <TimeView at={member.createTime} />
      </Table.Td>
      <Table.Td>
        {canChange && (
          <Menu position="bottom-end" width={190}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`What to do with ${member.displayName}`}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconPencil size={16} />}
                onClick={() => {
                  open({ what: 'form', member });
                }}
              >
                Change name or role
              </Menu.Item>
              <Menu.Item
                leftSection={<IconUserMinus size={16} />}
                color="red"
                onClick={() => {
                  open({ what: 'remove', member });
                }}
              >
                Remove
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
