import { Badge, Stack, Tabs, Text } from '@mantine/core';
import { IconGauge, IconHistory, IconKey, IconLock, IconSettings, IconUsers } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useTitle } from '../../parts/use-title.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { ApiKeysTabView } from './api-keys-tab.view.js';
import { AuditTabView } from './audit-tab.view.js';
import { MembersTabView } from './members-tab.view.js';
import { roleName } from './roles.js';
import { SecretsTabView } from './secrets-tab.view.js';
import { TeamSettingsTabView } from './team-settings-tab.view.js';
import { useSelf } from '../../parts/self.query.js';
import { UsageTabView } from './usage-tab.view.js';

const TABS: readonly {
  readonly name: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly view: () => ReactNode;
}[] = [
  { name: 'members', label: 'Members', icon: <IconUsers size={16} />, view: () => <MembersTabView /> },
  { name: 'keys', label: 'API keys', icon: <IconKey size={16} />, view: () => <ApiKeysTabView /> },
  { name: 'secrets', label: 'Secrets', icon: <IconLock size={16} />, view: () => <SecretsTabView /> },
  { name: 'usage', label: 'Usage', icon: <IconGauge size={16} />, view: () => <UsageTabView /> },
  { name: 'audit', label: 'Audit log', icon: <IconHistory size={16} />, view: () => <AuditTabView /> },
  {
    name: 'settings',
    label: 'Settings',
    icon: <IconSettings size={16} />,
    view: () => <TeamSettingsTabView />,
  },
];

const FIRST = 'members';

/** The team: who is in it, with which keys and secrets, what was changed by whom. */
export function TeamPage() {
  const [params, setParams] = useSearchParams();
  const self = useSelf().data;
  const tab = TABS.find(({ name }) => name === params.get('tab'))?.name ?? FIRST;
  useTitle(TABS.find(({ name }) => name === tab)?.label, self?.team?.displayName, 'Team');
  return (
    <PageView>
      <Stack gap="md">
        <PageHeadView
          title={self?.team?.displayName ?? 'Team'}
          badge={
            self !== undefined && (
              <Badge variant="light" color="gray">
                you: {roleName(self.role)}
              </Badge>
            )
          }
        >
          <Text size="sm" c="dimmed" span>
            Teams are fully isolated from each other.
          </Text>
        </PageHeadView>
        <Tabs
          value={tab}
          onChange={(name) => {
            setParams(name === null || name === FIRST ? {} : { tab: name }, { replace: true });
          }}
          keepMounted={false}
        >
          <Tabs.List mb="md">
            {TABS.map(({ name, label, icon }) => (
              <Tabs.Tab key={name} value={name} leftSection={icon}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {TABS.map(({ name, view }) => (
            <Tabs.Panel key={name} value={name}>
              {view()}
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
    </PageView>
  );
}
