import { Alert, Button, Code, Group, Loader, Stack, Table, Text } from '@mantine/core';
import type { Integration } from '@noema/contracts/noema/datasets/v1/integration';
import {
  type HandlerFault,
  type HandlerReport,
  HandlerRole,
  type IntegrationReport,
} from '@noema/contracts/noema/datasets/v1/integration_report';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { integrations } from '../../api/making-clients.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, duration, shape } from '../../parts/numbers.js';
import { splitName } from '../../parts/address/split.js';

/** A check may run user code on many samples; in milliseconds. */
const CHECK_MS = 120_000;

/** Runs every handler of an integration on a few samples and shows what it made, or where it broke. */
export function IntegrationCheckView({
  integration,
  onClose,
  ingest,
}: {
  integration: Integration | undefined;
  onClose: () => void;
  ingest: (integration: Integration) => void;
}) {
  return (
    <DialogView
      opened={integration !== undefined}
      onClose={onClose}
      title={`Check of ${integration?.displayName ?? ''}`}
      size="xl"
    >
      {integration !== undefined && (
        <Check
          integration={integration}
          ingest={() => {
            ingest(integration);
          }}
        />
      )}
    </DialogView>
  );
}

function Check({ integration, ingest }: { integration: Integration; ingest: () => void }) {
  const check = useQuery({
    queryKey: ['integration-check', integration.id],
    queryFn: ({ signal }) =>
      integrations.checkIntegration({ integrationId: integration.id }, { signal, timeoutMs: CHECK_MS }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (check.isFetching)
    return (
      <Group gap="sm" py="lg" justify="center" role="status">
        <Loader size="sm" />
        <Text size="sm">Running every handler on 16 samples of each split …</Text>
      </Group>
    );
  if (check.error !== null)
    return (
      <FaultView
        error={check.error}
        retry={() => {
          void check.refetch();
        }}
      />
    );
  const report = check.data?.report;
  if (report === undefined) return null;
  return (
    <Stack gap="md">
      <Alert
        color={report.passed ? 'green' : 'red'}
        icon={report.passed ? <IconCircleCheck /> : <IconAlertTriangle />}
        title={report.passed ? 'The integration passed' : 'The integration has faults'}
      >
        {report.summary}
      </Alert>
      <Handlers report={report} />
      <Text size="xs" c="dimmed">
        {Object.entries(report.splitCounts)
          .map(([split, samples]) => `${count(samples)} ${split.toLowerCase().replace('split_', '')}`)
          .join(' · ')}
        {report.classNames.length > 0 && ` · ${count(report.classNames.length)} classes`}
      </Text>
      <Group justify="flex-end" gap="sm">
        <Button
          variant="default"
          onClick={() => {
            void check.refetch();
          }}
        >
          Check again
        </Button>
        <Button disabled={!report.passed} onClick={ingest}>
          Ingest
        </Button>
      </Group>
    </Stack>
  );
}

function Handlers({ report }: { report: IntegrationReport }) {
  return (
    <DataTableView minWidth={620} maxHeight={420} label="Handlers">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>handler</Table.Th>
          <Table.Th>creates</Table.Th>
          <Table.Th>type and shape</Table.Th>
          <Table.Th>returned</Table.Th>
          <Table.Th ta="right">a call</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {report.handlers.map((handler) => (
          <Handler key={`${handler.role}/${handler.name}`} handler={handler} />
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}

function Handler({
  handler: { name, role, spec, returned, milliseconds, faults },
}: {
  handler: HandlerReport;
}) {
  return (
    <>
      <Table.Tr>
        <Table.Td fw={500} c={faults.length > 0 ? 'red' : ''}>
          {name}
        </Table.Td>
        <Table.Td c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {HandlerRole[role].toLowerCase().replaceAll('_', ' ')}
        </Table.Td>
        <Table.Td style={{ whiteSpace: 'nowrap' }}>
          {spec === undefined ? '–' : `${DataType[spec.dataType].toLowerCase()} ${shape(spec.dims)}`}
        </Table.Td>
        <Table.Td c="dimmed" fz="xs">
          {returned}
        </Table.Td>
        <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
          {duration(milliseconds)}
        </Table.Td>
      </Table.Tr>
      {faults.map((fault, at) => (
        <Table.Tr key={at}>
          <Table.Td colSpan={5} pl="xl">
            <HandlerFaultView fault={fault} />
          </Table.Td>
        </Table.Tr>
      ))}
    </>
  );
}

function HandlerFaultView({ fault: { fault, file, line, column, sample } }: { fault: HandlerFault }) {
  return (
    <Stack gap={2}>
      <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
        {fault?.message}
      </Text>
      <Group gap="xs">
        {file !== '' && (
          <Code>{[file, ...(line > 0 ? [line] : []), ...(column > 0 ? [column] : [])].join(':')}</Code>
        )}
        {sample !== undefined && (
          <Text size="xs" c="dimmed">
            sample {sample.sampleId} of {splitName(sample.split)}
          </Text>
        )}
        <Code>{fault?.reason}</Code>
      </Group>
    </Stack>
  );
}
