import {
  Accordion,
  Button,
  Code,
  Group,
  List,
  NumberInput,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { ColumnRole } from '@noema/contracts/noema/datasets/v1/integration';
import type { ManifestProposal, ProposedColumn } from '@noema/contracts/noema/datasets/v1/manifest_proposal';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import type { TensorSpec } from '@noema/contracts/noema/type/v1/tensor_spec';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { datasets } from '../../api/clients.js';
import { integrations } from '../../api/making-clients.js';
import { capitalised } from '../../parts/capitalised.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { newRequestId } from '../../parts/field-faults.js';
import { count, counted, shape } from '../../parts/numbers.js';
import {
  type Choices,
  checkShares,
  proposalRequest,
  ROLE_NAMES,
  type Shares,
  readShares,
  withRole,
  withTruth,
} from './choices.js';
import type { IngestedData } from './follow-data.view.js';
import { SampleRowsView } from './sample-rows.view.js';

/** Records from which on a part of them can be chosen. */
const MIN_DIVIDED = 10_000;
/** Recognizing files takes a process of its own, and some seconds for millions of rows. */
const PROPOSAL_MS = 150_000;

interface ManifestForm {
  readonly projectId: string;
  readonly name: string;
  readonly parts: readonly ArtifactRef[];
  readonly onBack: () => void;
  readonly onIngested: (data: IngestedData) => void;
}

/** How files that were sent become samples: proposed by the platform, changed here, and confirmed. */
export function ManifestFormView({ projectId, name, parts, onBack, onIngested }: ManifestForm) {
  const client = useQueryClient();
  const [displayName, setDisplayName] = useState(name);
  const [choices, setChoices] = useState<Choices>({});
  const [trains, setTrains] = useState(true);
  const [requestId] = useState(newRequestId);
  const query = useQuery({
    queryKey: ['proposal', projectId, parts.map(({ sha256 }) => sha256).join(), choices],
    queryFn: async ({ signal }) => {
      const request = proposalRequest(projectId, name, parts, choices);
      const { proposal } = await integrations.proposeManifest(request, { signal, timeoutMs: PROPOSAL_MS });
      return proposal!;
    },
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const proposal = query.data;
  const again = (): void => {
    void query.refetch();
  };
  const create = useMutation({
    mutationFn: async (confirmed: ManifestProposal): Promise<IngestedData> => {
      const { manifest, texts, network } = confirmed;
      const { integration } = await integrations.createIntegration(
        {
          projectId,
          displayName,
          source: { source: { case: 'data', value: { parts: [...parts], manifest, texts } } },
          requestId,
        },
        { timeoutMs: PROPOSAL_MS },
      );
      const { datasetVersion, job } = await datasets.createDatasetVersion({
        projectId,
        integrationId: integration!.id,
        displayName,
        requestId,
      });
      for (const queryKey of [
        ['integration-list', projectId],
        ['dataset-version-list', projectId],
        ['job-list'],
      ])
        void client.invalidateQueries({ queryKey });
      return {
        name: displayName,
        datasetVersionId: datasetVersion!.id,
        jobId: job?.id ?? '',
        network: trains ? network : undefined,
      };
    },
    onSuccess: onIngested,
  });
  if (proposal === undefined)
    return (
      <Stack gap="md">
        {query.error === null ? (
          <>
            <Text size="sm" role="status">
              Reading {name} …
            </Text>
            <Skeleton height={240} />
          </>
        ) : (
          <>
            <Text size="sm">
              <b>{name}</b> was sent, but cannot be read.
            </Text>
            <FaultView error={query.error} retry={again} />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            Choose other files
          </Button>
        </Group>
      </Stack>
    );
  const all = Number(proposal.recordCount);
  const set = (change: Choices): void => {
    setChoices((now) => ({ ...now, ...change }));
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(proposal);
      }}
    >
      <Stack gap="md" aria-busy={query.isFetching}>
        <Text size="sm" role="status">
          {proposal.found}; {counted(Number(proposal.recordCount), 'record')}. {splitsText(proposal)}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <TextInput
            label="Name"
            value={displayName}
            onChange={(event) => {
              setDisplayName(event.currentTarget.value);
            }}
            data-autofocus
            autoComplete="off"
          />
          <TruthSelect proposal={proposal} set={set} />
          {proposal.readings.length > 1 && (
            <Select
              label="Read as"
              data={proposal.readings.map(({ reader, title, found }) => ({
                value: reader,
                label: `${title} · ${found}`,
              }))}
              value={proposal.reader}
              onChange={(reader) => {
                setChoices(reader === null ? {} : { reader });
              }}
              allowDeselect={false}
            />
          )}
          {proposal.pictureSide > 0 && (
            <PictureSideInput key={proposal.pictureSide} side={proposal.pictureSide} set={set} />
          )}
          {all >= MIN_DIVIDED && (
            <PartInput
              all={all}
              part={choices.part ?? all}
              set={(part) => {
                set({ part });
                setDisplayName(part < all ? `${name}, ${count(part)} of ${count(all)} records` : name);
              }}
            />
          )}
        </SimpleGrid>
        <SharesView key={readShares(proposal)?.join()} shares={readShares(proposal)} set={set} />
        <SampleRowsView proposal={proposal} stale={query.isPlaceholderData} />
        <Accordion variant="contained" multiple>
          <Accordion.Item value="columns">
            <Accordion.Control>
              {counted(proposal.columns.length, 'column')} and{' '}
              {proposal.columns.length === 1 ? 'its use' : 'their uses'}
            </Accordion.Control>
            <Accordion.Panel>
              <ColumnsView proposal={proposal} stale={query.isPlaceholderData} set={set} />
            </Accordion.Panel>
          </Accordion.Item>
          <Accordion.Item value="manifest">
            <Accordion.Control>Manifest (noema.yaml)</Accordion.Control>
            <Accordion.Panel>
              <Code block tabIndex={0} mah={280} style={{ overflow: 'auto' }}>
                {proposal.manifest}
              </Code>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        {proposal.notes.length > 0 && (
          <List size="sm" c="dimmed" spacing={2}>
            {proposal.notes.map((note) => (
              <List.Item key={note}>{capitalised(note)}</List.Item>
            ))}
          </List>
        )}
        <Switch
          label="Train the proposed network, and show the map"
          description={networkText(proposal)}
          checked={trains && proposal.network !== undefined}
          disabled={proposal.network === undefined}
          onChange={(event) => {
            setTrains(event.currentTarget.checked);
          }}
        />
        {query.error !== null && <FaultView error={query.error} retry={again} />}
        {create.error !== null && <FaultView error={create.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onBack}>
            Choose other files
          </Button>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={query.isFetching || query.error !== null || displayName.trim() === ''}
          >
            {trains && proposal.network !== undefined ? 'Create and train' : 'Create'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Part {
  readonly proposal: ManifestProposal;
  readonly set: (change: Choices) => void;
}

const NOTHING = '';

function TruthSelect({ proposal: { columns }, set }: Part) {
  const truth = columns.find(({ role }) => role === ColumnRole.GROUND_TRUTH);
  return (
    <Select
      label="To predict"
      data={[
        { value: NOTHING, label: 'nothing: the samples get no label' },
        ...columns
          .filter(({ allowedRoles }) => allowedRoles.includes(ColumnRole.GROUND_TRUTH))
          .map(({ name, values }) => ({ value: `=${name}`, label: `${name} · ${values}` })),
      ]}
      value={truth === undefined ? NOTHING : `=${truth.name}`}
      onChange={(value) => {
        set({ roles: withTruth(columns, value === null || value === NOTHING ? undefined : value.slice(1)) });
      }}
      allowDeselect={false}
      searchable
      limit={MAX_LISTED}
    />
  );
}

function PictureSideInput({ side, set }: { side: number; set: Part['set'] }) {
  const [value, setValue] = useState<number | string>(side);
  const commit = (): void => {
    const pixels = Number(value);
    if (Number.isInteger(pixels) && pixels >= 1 && pixels !== side) set({ pictureSide: pixels });
  };
  return (
    <NumberInput
      label="Longest side of pictures"
      description="In pixels, as the network gets them"
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      onChange={setValue}
      onBlur={commit}
      min={1}
      max={1024}
      clampBehavior="strict"
      allowDecimal={false}
    />
  );
}

function PartInput({ all, part, set }: { all: number; part: number; set: (part: number) => void }) {
  const [value, setValue] = useState<number | string>(part);
  const commit = (): void => {
    const records = Math.min(all, Number(value));
    setValue(records >= 1 ? records : part);
    if (Number.isInteger(records) && records >= 1 && records !== part) set(records);
  };
  return (
    <NumberInput
      label="Records"
      description={`Of ${count(all)}; fewer are drawn by a seed`}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      onChange={setValue}
      onBlur={commit}
      min={1}
      max={all}
      thousandSeparator=","
      allowDecimal={false}
    />
  );
}

function SharesView({ shares, set }: { shares: Shares | undefined; set: Part['set'] }) {
  const [draft, setDraft] = useState(shares);
  if (shares === undefined || draft === undefined) return null;
  const fault = checkShares(draft);
  const commit = (): void => {
    if (fault === undefined && draft.join() !== shares.join()) set({ shares: draft });
  };
  return (
    <SimpleGrid cols={3} spacing="md">
      {(['Training', 'Validation', 'Test'] as const).map((label, at) => (
        <NumberInput
          key={label}
          label={label}
          suffix=" %"
          value={draft[at]!}
          onChange={(value) => {
            setDraft(draft.map((share, i) => (i === at ? Number(value) : share)) as unknown as Shares);
          }}
          onBlur={commit}
          min={0}
          max={100}
          allowDecimal={false}
          error={at === 0 ? fault : fault !== undefined}
        />
      ))}
    </SimpleGrid>
  );
}

/** Columns that are listed at once: each has a choice of its own. */
const MAX_LISTED = 100;

function ColumnsView({ proposal: { columns }, set, stale }: Part & { readonly stale: boolean }) {
  const [word, setWord] = useState('');
  const wanted = word.trim().toLowerCase();
  const found = columns.filter(({ name }) => name.toLowerCase().includes(wanted));
  const listed = found.slice(0, MAX_LISTED);
  return (
    <Stack gap="xs">
      {columns.length > MAX_LISTED && (
        <TextInput
          label="Find a column"
          description={`${count(listed.length)} of ${count(columns.length)} columns are listed`}
          size="xs"
          value={word}
          onChange={({ currentTarget }) => {
            setWord(currentTarget.value);
          }}
        />
      )}
      <DataTableView minWidth={520} maxHeight={280} stale={stale}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>column</Table.Th>
            <Table.Th>values</Table.Th>
            <Table.Th ta="right">missing</Table.Th>
            <Table.Th w={150}>use</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed.map((column) => (
            <Table.Tr key={column.name}>
              <Table.Td>{column.name}</Table.Td>
              <Table.Td c="dimmed" fz="xs">
                {column.kind} {column.values}
              </Table.Td>
              <Table.Td ta="right">{column.missing === 0n ? '' : count(Number(column.missing))}</Table.Td>
              <Table.Td>
                <Select
                  aria-label={`Use of ${column.name}`}
                  size="xs"
                  data={listRoleOptions(column)}
                  value={String(column.role)}
                  onChange={(role) => {
                    if (role !== null) set({ roles: withRole(columns, column.name, Number(role)) });
                  }}
                  allowDeselect={false}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </DataTableView>
    </Stack>
  );
}

const listRoleOptions = ({ allowedRoles }: ProposedColumn): { value: string; label: string }[] =>
  ROLE_NAMES.filter(([role]) => allowedRoles.includes(role)).map(([role, label]) => ({
    value: String(role),
    label,
  }));

const splitsText = ({ splitCounts }: ManifestProposal): string =>
  Object.entries(splitCounts)
    .map(([split, samples]) => `${count(samples)} ${split}`)
    .join(', ');

function networkText({ network, inputs, groundTruths }: ManifestProposal): string {
  if (network === undefined)
    return 'No simple network fits these samples: it takes one input and one column to predict.';
  const config = network['config'] as { readonly layers?: readonly unknown[] } | undefined;
  return (
    `${counted(config?.layers?.length ?? 0, 'layer')}, ${tensorsText(inputs)} → ` +
    `${tensorsText(groundTruths)}; small on purpose`
  );
}

const tensorsText = (tensors: readonly TensorSpec[]): string =>
  tensors.map(({ name, dims }) => `${name} ${shape(dims)}`).join(', ');
