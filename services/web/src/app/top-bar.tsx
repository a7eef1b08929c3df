import { ActionIcon, Anchor, Group, Loader, Menu, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import type { GetSelfResponse } from '@noema/contracts/noema/workspace/v1/token_service';
import { IconLogout, IconMoon, IconSun, IconUser, IconUsers } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router-dom';
import { sessions } from '../api/clients.js';
import { queryClient } from '../api/query-client.js';
import { Trail } from './trail.js';

/** The bar on top: the way back, the colour scheme, the person. */
export function TopBar({ self, busy }: { self: GetSelfResponse | undefined; busy: boolean }) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await sessions.deleteSession({});
    queryClient.clear();
    await navigate('/sign-in');
  };
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap">
        <a href="#main" className="skip">Skip to the content</a>
        <Anchor component={Link} to="/projects" underline="never" c="inherit" aria-label="Noema, projects">
          <Group gap={8} wrap="nowrap"><img src="/noema.svg" width={26} height={26} alt="" /><Text fw={650} size="md">Noema</Text></Group>
        </Anchor>
        <Trail />
        {busy && <Loader size="xs" aria-label="loading" />}
      </Group>
      <Group gap="xs" wrap="nowrap">
        <Tooltip label={`Use ${other} colours`}>
          <ActionIcon variant="subtle" color="gray" aria-label={`Use ${other} colours`} onClick={() => { setColorScheme(other); }}>{scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}</ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" width={240}>
          <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label="Account"><IconUser size={18} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{self?.member?.displayName ?? self?.subject ?? 'signing in …'} · {self?.team?.displayName}</Menu.Label>
            <Menu.Item leftSection={<IconUsers size={16} />} component={Link} to="/team">Team, keys, members</Menu.Item>
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => { void signOut(); }}>Sign out</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Group>
  );
}
