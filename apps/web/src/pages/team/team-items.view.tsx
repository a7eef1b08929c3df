import { Menu } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { sessions } from '../../api/session-client.js';
import { links } from '../../parts/address/links.js';
import { useSwitchTeam } from './switch-team.query.js';

/** The other teams of a person, in the account menu; nothing for who has one. */
export function TeamItemsView({ onSwitched }: { onSwitched: () => void }) {
  const teams = useQuery({
    queryKey: ['session-teams'],
    queryFn: ({ signal }) => sessions.listSessionTeams({}, { signal }),
    staleTime: 60_000,
  });
  const switching = useSwitchTeam(links.projects());
  const others = teams.data?.memberships.filter(({ teamId }) => teamId !== teams.data.teamId) ?? [];
  return (
    <>
      {others.map(({ teamId, teamDisplayName }) => (
        <Menu.Item
          key={teamId}
          leftSection={<IconArrowsExchange size={16} />}
          closeMenuOnClick={false}
          disabled={switching.isPending}
          onClick={() => {
            switching.mutate(teamId, { onSuccess: onSwitched });
          }}
        >
          Go over to {teamDisplayName}
        </Menu.Item>
      ))}
      {switching.error !== null && <Menu.Label c="red">Not switched: {switching.error.message}</Menu.Label>}
    </>
  );
}
