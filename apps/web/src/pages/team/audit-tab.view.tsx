import { Button, Center, Select, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { AuditEntry } from '@noema/contracts/noema/workspace/v1/audit_entry';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { auditEntries } from '../../api/team-clients.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { auditFilter } from './audit-filter.js';
import { NotShownView } from './not-shown.view.js';
import { useSelf } from '../../parts/self.query.js';
import { auditKey, useAuditActions, useMembers } from './team.query.js';
import { plainName } from '../../parts/plain-name.js';

const PAGE = 50;
const SPANS = [
  { value: '0', label: 'any time' },
  { value: '1', label: 'last 24 hours' },
  { value: '7', label: 'last 7 days' },
  { value: '30', label: 'last 30 days' },
];

/** Who changed what in the team, newest first. */
export function AuditTabView() {
  const self = useSelf();
  const members = useMembers().data ?? [];
  const { canAdmin } = useRights();
  const [subject, setSubject] = useState<string | null>(null);
  const [action, setAction] = useState<string | null>(null);
  const actions = useAuditActions(canAdmin);
  const [span, setSpan] = useState({ days: '0', nowMs: 0 });
  const filter = auditFilter(
    { subject: subject ?? '', action: action ?? '', days: Number(span.days) },
    span.nowMs,
  );
  const query = useInfiniteQuery({
    queryKey: auditKey(filter),
    enabled: canAdmin,
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) =>
      auditEntries.listAuditEntries({ pageSize: PAGE, pageToken: pageParam, filter }, { signal }),
    getNextPageParam: ({ nextPageToken }) => (nextPageToken === '' ? undefined : nextPageToken),
  });
  if (self.data !== undefined && !canAdmin) return <NotShownView what="Audit entries" roles="admins" />;
  const entries = query.data?.pages.flatMap((page) => page.auditEntries);
  return (
    <SectionView
      title="Audit log"
      flush
      actions={
        <>
          <Select
            aria-label="Who"
            placeholder="by anybody"
            size="xs"
            w={180}
            clearable
            searchable
            data={members.map(({ id, displayName }) => ({ value: id, label: displayName }))}
            value={subject}
            onChange={setSubject}
          />
          <Select
            aria-label="What"
            placeholder="any change"
            size="xs"
            w={190}
            clearable
            searchable
            data={actions.map(({ action: name, title }) => ({ value: name, label: title }))}
            value={action}
            onChange={setAction}
          />
          <Select
            aria-label="When"
            size="xs"
            w={140}
            allowDeselect={false}
            data={SPANS}
            value={span.days}
            onChange={(days) => {
              setSpan({ days: days ?? '0', nowMs: Date.now() });
            }}
          />
        </>
      }
    >
      {entries === undefined && query.error !== null && (
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
          {Array.from({ length: 6 }, (_, i) => (
            <Skeleton key={i} h={24} />
          ))}
        </Stack>
      )}
      {entries?.length === 0 && (
        <EmptyView icon={<IconHistory />} title="Nothing to show">
          {filter === ''
            ? 'Changes to members, keys, secrets, projects and what is in them stand here.'
            : 'No change fits the filter. Widen it.'}
        </EmptyView>
      )}
      {entries !== undefined && entries.length > 0 && (
        <DataTableView minWidth={820} fixed label="Changes">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={180}>when</Table.Th>
              <Table.Th w="18%">who</Table.Th>
              <Table.Th w="20%">what</Table.Th>
              <Table.Th>of</Table.Th>
              <Table.Th>details</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <EntryRow
                key={entry.id}
                entry={entry}
                who={members.find(({ id }) => id === entry.subject)?.displayName ?? entry.subject}
                what={actions.find(({ action: name }) => name === entry.action)?.title ?? entry.action}
              />
            ))}
          </Table.Tbody>
        </DataTableView>
      )}
      {query.hasNextPage && (
        <Center py="sm">
          <Button
            size="xs"
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => {
              void query.fetchNextPage();
            }}
          >
            Show earlier changes
          </Button>
        </Center>
      )}
    </SectionView>
  );
}

function EntryRow({ entry, who, what }: { entry: AuditEntry; who: string; what: string }) {
  const details = Object.entries(entry.details)
    .map(([name, value]) => `${plainName(name)}: ${value}`)
    .join(', ');
  return (
    <Table.Tr>
      <Table.Td fz="sm" c="dimmed">
        <TimeView at={entry.createTime} />
      </Table.Td>
      <Table.Td>
        <CutView text={who} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" title={entry.action} truncate>
          {what}
        </Text>
      </Table.Td>
      <Table.Td>
        <CutView text={entry.resource} size="xs" c="dimmed" ff="monospace" />
      </Table.Td>
      <Table.Td>
        <CutView text={details} size="xs" c="dimmed" />
      </Table.Td>
    </Table.Tr>
  );
}
