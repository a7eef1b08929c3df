import { Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { nextPath } from '@noema/kernel/next-path';
import { IconCheck, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { sessions } from '../../api/session-client.js';
import { pageFaults } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { FaultView } from '../../parts/fault.view.js';
import { roleName } from './roles.js';
import { SignInDotsView } from './sign-in-dots.view.js';
import classes from './sign-in.module.css';
import { useSwitchTeam } from './switch-team.query.js';

/** Where a person of several teams says which one is meant; one of one team is led on. */
export function ChooseTeamPage() {
  useTitle('Choose a team');
  const navigate = useNavigate();
  const next = nextPath(useSearchParams()[0].get('next'));
  const teams = useQuery({
    queryKey: ['session-teams'],
    queryFn: ({ signal }) => sessions.listSessionTeams({}, { signal }),
  });
  const switching = useSwitchTeam(next);
  useEffect(() => {
    pageFaults.signedOut = () => {
      void navigate(links.signIn({ next }), { replace: true });
    };
  }, [navigate, next]);
  useEffect(() => {
    if (teams.data?.memberships.length === 1) void navigate(next, { replace: true });
  }, [teams.data, next, navigate]);
  const fault = switching.error ?? teams.error;
  return (
    <main className={classes.page}>
      <SignInDotsView />
      <Paper className={classes.card} shadow="lg" radius="lg" withBorder p={36}>
        <Stack gap="lg">
          <div>
            <img src="/noema.svg" width={48} height={48} alt="" />
            <Title order={1} mt="md">
              Which team?
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              You see the data of one team at a time. The account menu leads to the others later.
            </Text>
          </div>
          {fault !== null && <FaultView error={fault} />}
          {teams.data === undefined && fault === null && <Loader size="sm" role="img" aria-label="loading" />}
          <Stack gap="xs" component="nav" aria-label="Your teams">
            {teams.data?.memberships.map(({ teamId, teamDisplayName, role }) => (
              <Button
                key={teamId}
                variant="default"
                size="lg"
                justify="space-between"
                loading={switching.isPending && switching.variables === teamId}
                aria-current={teamId === teams.data.teamId}
                rightSection={
                  teamId === teams.data.teamId ? (
                    <IconCheck size={18} aria-label="now" />
                  ) : (
                    <IconChevronRight size={18} aria-hidden />
                  )
                }
                onClick={() => {
                  switching.mutate(teamId);
                }}
              >
                <Group gap={8} wrap="nowrap">
                  <Text size="md" fw={550} truncate>
                    {teamDisplayName}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {roleName(role)}
                  </Text>
                </Group>
              </Button>
            ))}
          </Stack>
        </Stack>
      </Paper>
    </main>
  );
}
