import { type Timestamp, timestampMs } from '@bufbuild/protobuf/wkt';
import { Badge, Button, Code, Group, Skeleton, Stack, Switch, Table, Text } from '@mantine/core';
import type { ApiKey } from '@noema/contracts/noema/workspace/v1/api_key';
import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiKeys } from '../../api/team-clients.js';
import { useNow } from '../../parts/clock.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { dateTime } from '../../parts/instants.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { ApiKeyDialogView } from './api-key-dialog.view.js';
import { type KeyState, keyState, untilEnd } from './key-state.js';
import { NotShownView } from './not-shown.view.js';
import { roleName } from './roles.js';
import { useSelf } from '../../parts/self.query.js';
import { refreshTeam, useApiKeys, useMembers } from './team.query.js';

/** The keys of the team: made, shown once, revoked; ended ones only on request. */
export function ApiKeysTabView() {
  const self = useSelf();
  const { canAdmin } = useRights();
  const query = useApiKeys(canAdmin);
  const client = useQueryClient();
  const nowMs = useNow(60_000);
  const [ended, setEnded] = useState(false);
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  const ownId = self.data?.apiKeyId ?? '';
  const isOwn = (key: ApiKey | undefined) => key !== undefined && key.id === ownId;
  if (self.data !== undefined && !canAdmin) return <NotShownView what="API keys" roles="admins" />;
  const keys = query.data?.map((key) => ({ key, state: keyState(key, nowMs) }));
  const shown = keys?.filter(({ state }) => ended || state === 'active');
  const active = keys?.filter(({ state }) => state === 'active').length ?? 0;
  return (
    <SectionView
      title="API keys"
      flush
      note={keys && `${counted(active, 'active key')}`}
      actions={
        <>
          {keys !== undefined && keys.length > active && (
            <Switch
              size="xs"
              label={`Show ${keys.length - active} ended`}
              checked={ended}
              onChange={(event) => {
                setEnded(event.currentTarget.checked);
              }}
            />
          )}
          <Button
            size="xs"
            leftSection={<IconKey size={16} />}
            onClick={() => {
              setCreating(true);
            }}
          >
            New key
          </Button>
        </>
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
      {shown !== undefined && (
        <DataTableView minWidth={960} fixed spacing={8} label="API keys">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>name</Table.Th>
              <Table.Th w={170}>starts with</Table.Th>
              <Table.Th>acts as</Table.Th>
              <Table.Th w={90}>role</Table.Th>
              <Table.Th w={170} ta="right">
                last used
              </Table.Th>
              <Table.Th w={130} ta="right">
                expires
              </Table.Th>
              <Table.Th w={110}>
                <span className="visually-hidden">actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ key, state }) => (
              <KeyRow
                key={key.id}
                apiKey={key}
                state={state}
                own={isOwn(key)}
                revoke={() => {
                  setRevoking(key);
                }}
              />
            ))}
            {shown.length === 0 && (
              <Table.Tr>
                <Table.Td colSpan={7}>
                  <Text size="sm" c="dimmed" ta="center" py="md">
                    No key is active. Create one to sign in or for a program.
                  </Text>
                </Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </DataTableView>
      )}
      <ApiKeyDialogView
        opened={creating}
        onClose={() => {
          setCreating(false);
        }}
      />
      <ConfirmView
        opened={revoking !== undefined}
        onClose={() => {
          setRevoking(undefined);
        }}
        title={`Revoke the key “${revoking?.displayName ?? ''}”?`}
        verb="Revoke"
        act={async () => {
          await apiKeys.revokeApiKey({ apiKeyId: revoking?.id ?? '' });
          await refreshTeam(client);
        }}
      >
        Requests with this key are refused within minutes, for good.{' '}
        {isOwn(revoking)
          ? 'This session is signed in with it: it ends, and you need another key to come back.'
          : ownId === '' && 'If you are signed in with it, you are signed out.'}
      </ConfirmView>
    </SectionView>
  );
}

function KeyRow({
  apiKey,
  state,
  own,
  revoke,
}: {
  apiKey: ApiKey;
  state: KeyState;
  own: boolean;
  revoke: () => void;
}) {
  const member = useMembers().data?.find(({ id }) => id === apiKey.memberId);
  const dim = state === 'active' ? {} : { c: 'dimmed' };
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={4}>
          <CutView text={apiKey.displayName} fw={550} {...dim} />
          {own && (
            <Badge size="sm" variant="light" flex="none">
              this session
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Code>noema_{apiKey.prefix}…</Code>
      </Table.Td>
      <Table.Td>
        <CutView
          text={member?.displayName ?? 'a removed member'}
          {...(member === undefined ? { c: 'dimmed' } : dim)}
        />
      </Table.Td>
      <Table.Td fz="sm" {...dim}>
        {roleName(apiKey.role)}
      </Table.Td>
      <Table.Td ta="right" fz="sm" c="dimmed">
        {apiKey.lastUseTime === undefined ? 'never' : <TimeView at={apiKey.lastUseTime} />}
      </Table.Td>
      <Table.Td ta="right" fz="sm" c="dimmed">
        {state !== 'active' ? (
          <Badge size="sm" variant="light" color="gray">
            {state}
          </Badge>
        ) : apiKey.expireTime === undefined ? (
          'never'
        ) : (
          <EndView at={apiKey.expireTime} />
        )}
      </Table.Td>
      <Table.Td ta="right">
        {state === 'active' && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            onClick={revoke}
            aria-label={`Revoke the key ${apiKey.displayName}`}
          >
            Revoke
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function EndView({ at }: { at: Timestamp }) {
  const ms = timestampMs(at);
  return (
    <time dateTime={new Date(ms).toISOString()} title={dateTime(ms)}>
      {untilEnd(ms, useNow(60_000))}
    </time>
  );
}
