import { Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import type { Team } from '@noema/contracts/noema/workspace/v1/team';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { teams } from '../../api/team-clients.js';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { fieldFaults, formFault } from '../../parts/field-faults.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { SELF, useSelf } from '../../parts/self.query.js';
import { refreshTeam } from './team.query.js';

/** Name and id of the team; admins rename it. Its limits stand with what it uses of them. */
export function TeamSettingsTabView() {
  const self = useSelf();
  return (
    <QueryView query={self}>
      {({ team }) =>
        team === undefined ? null : (
          <Stack gap="md" maw={720}>
            <NameSection key={team.displayName} team={team} />
            <IdentitySection team={team} />
          </Stack>
        )
      }
    </QueryView>
  );
}

function NameSection({ team }: { team: Team }) {
  const client = useQueryClient();
  const { noAdmin } = useRights();
  const [displayName, setName] = useState(team.displayName);
  const save = useMutation({
    mutationFn: () =>
      teams.updateTeam({
        team: { id: team.id, displayName: displayName.trim() },
        updateMask: { paths: ['display_name'] },
      }),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: SELF }), refreshTeam(client)]);
    },
  });
  const faults = fieldFaults(save.error);
  const refusal = formFault(save.error);
  const unchanged = displayName.trim() === '' || displayName.trim() === team.displayName;
  return (
    <SectionView title="Name">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!unchanged) save.mutate();
        }}
      >
        <Stack gap="sm">
          <Group align="flex-end" gap="sm" wrap="nowrap">
            <TextInput
              label="Name of the team"
              value={displayName}
              onChange={(event) => {
                setName(event.currentTarget.value);
              }}
              readOnly={noAdmin !== undefined}
              error={faults['displayName']}
              maxLength={200}
              flex={1}
              autoComplete="off"
            />
            <ActionView
              type="submit"
              off={noAdmin}
              loading={save.isPending}
              disabled={noAdmin === undefined && unchanged}
            >
              Rename
            </ActionView>
          </Group>
          {noAdmin !== undefined && (
            <Text size="xs" c="dimmed">
              {noAdmin}
            </Text>
          )}
          {refusal !== null && <FaultView error={refusal} />}
        </Stack>
      </form>
    </SectionView>
  );
}

function IdentitySection({ team }: { team: Team }) {
  return (
    <SectionView title="Identity">
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th fw={400} c="dimmed" w="50%" pl={0}>
              Id
            </Table.Th>
            <Table.Td>
              <Code>{team.id}</Code>
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th fw={400} c="dimmed" pl={0}>
              Created
            </Table.Th>
            <Table.Td>
              <TimeView at={team.createTime} />
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </SectionView>
  );
}
