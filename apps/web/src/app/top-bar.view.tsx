import {
  ActionIcon,
  Group,
  Loader,
  Menu,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import type { GetSelfResponse } from '@noema/contracts/noema/workspace/v1/token_service';
import {
  IconApi,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router-dom';
import { roleName } from '../pages/team/roles.js';
import classes from './app.module.css';
import { links } from '../parts/address/links.js';
import { TrailView } from './trail.view.js';

const TeamItemsView = lazy(async () => ({
  default: (await import('../pages/team/team-items.view.js')).TeamItemsView,
}));

interface Leaving {
  readonly signOut: () => void;
  /** Why the session could not be ended; null when nothing failed. */
  readonly signOutError: Error | null;
}

/** The bar on top: the way back, the color scheme, the person. */
export function TopBarView({
  self,
  busy,
  showKeys,
  ...leaving
}: { self: GetSelfResponse | undefined; busy: boolean; showKeys: () => void } & Leaving) {
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="md">
      <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
        <Link to={links.projects()} className={classes.brand} aria-label="Noema: all projects">
          <img src="/noema.svg" width={26} height={26} alt="" />
          <Text fw={650} span>
            Noema
          </Text>
        </Link>
        <TrailView />
        {busy && <Loader size={14} role="img" aria-label="loading" />}
      </Group>
      <Group gap={4} wrap="nowrap">
        <Tooltip label="Keyboard shortcuts (?)" position="left">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Keyboard shortcuts"
            onClick={showKeys}
          >
            <IconKeyboard size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <SchemeButton />
        <AccountMenu self={self} {...leaving} />
      </Group>
    </Group>
  );
}

/** The choice is kept in the browser; without one the page follows the system. */
function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const other = scheme === 'dark' ? 'light' : 'dark';
  const Icon = scheme === 'dark' ? IconSun : IconMoon;
  return (
    <Tooltip label={`Use ${other} colors`} position="left">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Use ${other} colors`}
        onClick={() => {
          setColorScheme(other);
        }}
      >
        <Icon size={19} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function AccountMenu({ self, signOut, signOutError }: { self: GetSelfResponse | undefined } & Leaving) {
  const [opened, setOpened] = useState(false);
  return (
    <Menu position="bottom-end" width={250} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Account">
          <IconUserCircle size={21} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" c="var(--mantine-color-text)" fw={550} truncate>
            {self?.member?.displayName ?? self?.subject ?? '…'}
          </Text>
          {self !== undefined && (
            <Text size="xs" truncate>
              {roleName(self.role)} of {self.team?.displayName}
            </Text>
          )}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUsers size={16} />} component={Link} to={links.team()}>
          Team, keys, members
        </Menu.Item>
        <Suspense>
          <TeamItemsView
            onSwitched={() => {
              setOpened(false);
            }}
          />
        </Suspense>
        <Menu.Item
          leftSection={<IconApi size={16} />}
          component="a"
          href="/openapi.json"
          target="_blank"
          rel="noreferrer"
        >
          API description
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          Sign out
        </Menu.Item>
        {signOutError !== null && <Menu.Label c="red">Not signed out: {signOutError.message}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
