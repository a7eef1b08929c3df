import { Button, Group, Loader, Progress, Stack, Text, Title } from '@mantine/core';
import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconMap2, IconPlus } from '@tabler/icons-react';
import { useMutation, type UseMutationResult, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { explorations } from '../../../api/clients.js';
import { jobs } from '../../../api/work-clients.js';
import { findSet, usePerception } from '../../../features/runs/perception.query.js';
import { ActionView } from '../../../parts/action.view.js';
import { links } from '../../../parts/address/links.js';
import { capitalised } from '../../../parts/capitalised.js';
import { EmptyView } from '../../../parts/empty.view.js';
import { FaultView } from '../../../parts/fault.view.js';
import { useRights } from '../../../parts/role.query.js';
import { jobIsOpen } from '../../../parts/states.js';
import type { MapCatalog } from './map-catalog.js';
import { MakeMapDialogView } from './make-map-dialog.view.js';
import { isCancelled, useMakeMap } from './make-map.query.js';
import { useMapJob } from './map-job.query.js';
import type { MapChoice } from './map-choice.js';
import { mapTitle } from './map-title.js';

export interface MakeMapProps {
  readonly projectId: string;
  readonly runId: string;
  readonly catalog: MapCatalog;
  readonly choice: MapChoice;
  /** The map when it is being made, or was given up. */
  readonly map: Exploration | undefined;
  /** Name of the data that are being placed in a stored map; undefined for a map of its own. */
  readonly placing?: string | undefined;
  readonly onChanged: () => void;
  /** Called when a map with other settings is on its way. */
  readonly onMade: (choice: MapChoice, explorationId: string) => void;
}

/** The view in place of a missing map: the way to make it, how far it is, or why it failed. */
export function MakeMapView({
  projectId,
  runId,
  catalog,
  choice,
  map,
  placing,
  onChanged,
  onMade,
}: MakeMapProps) {
  const { noEdit } = useRights();
  const perception = usePerception(projectId, runId, map === undefined ? choice.epoch : undefined);
  const set = perception.data && findSet(perception.data, choice.space);
  const make = useMakeMap(projectId, runId, catalog);
  const [step, setStep] = useState('');
  const [chooses, setChooses] = useState(false);
  const abort = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      abort.current = undefined;
    },
    [],
  );
  const start = (): void => {
    abort.current = new AbortController();
    make.mutate({ choice, signal: abort.current.signal, onStep: setStep });
  };
  const title = placing ?? mapTitle(catalog, choice);
  const heading = placing === undefined ? 'Making the map' : 'Placing the samples';
  if (map !== undefined && jobIsOpen(map.state))
    return <Making heading={heading} title={title} jobId={map.jobId} onChanged={onChanged} />;
  if (make.isPending) {
    return (
      <Waiting heading={heading} title={title} step={step}>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            abort.current?.abort();
          }}
        >
          Cancel
        </Button>
      </Waiting>
    );
  }
  if (make.error !== null && !isCancelled(make.error)) return <FaultView error={make.error} retry={start} />;
  if (map?.state === JobState.FAILED)
    return (
      <FailedMap
        map={map}
        heading={placing === undefined ? 'The map could not be computed' : 'The samples could not be placed'}
        title={title}
        onChanged={onChanged}
      />
    );
  if (perception.isLoading) return null;
  if (set?.state === JobState.FAILED) return <FailedResponses set={set} title={title} start={start} />;
  return (
    <EmptyView icon={<IconMap2 />} title="This map has not been computed yet">
      <Stack align="center" gap="sm">
        <Text size="sm">{title}.</Text>
        <Group gap="xs" justify="center">
          <ActionView leftSection={<IconPlus size={16} />} off={noEdit} onClick={start}>
            Make this map
          </ActionView>
          <ActionView
            variant="subtle"
            off={noEdit}
            onClick={() => {
              setChooses(true);
            }}
          >
            With other settings …
          </ActionView>
        </Group>
      </Stack>
      {chooses && (
        <MakeMapDialogView
          projectId={projectId}
          runId={runId}
          catalog={catalog}
          choice={choice}
          onMade={onMade}
          onClose={() => {
            setChooses(false);
          }}
        />
      )}
    </EmptyView>
  );
}

function Waiting({
  heading,
  title,
  step,
  share,
  children,
}: {
  heading: string;
  title: string;
  step: string;
  share?: number | undefined;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="sm" w={380} maw="90%" role="status" aria-live="polite">
      <Loader size="sm" />
      <Title order={3} ta="center">
        {heading}
      </Title>
      <Text size="sm" c="dimmed" ta="center">
        {title}
      </Text>
      <Progress
        w="100%"
        value={(share ?? 1) * 100}
        animated={share === undefined}
        striped={share === undefined}
        aria-label="Progress of the map"
      />
      <Text size="xs" c="dimmed">
        {step || ' '}
      </Text>
      {children}
    </Stack>
  );
}

function Making({
  heading,
  title,
  jobId,
  onChanged,
}: {
  heading: string;
  title: string;
  jobId: string;
  onChanged: () => void;
}) {
  const {
    progress: { text, share },
    cancel,
    noCancel,
  } = useMapJob(jobId, onChanged);
  return (
    <Waiting heading={heading} title={title} step={text} share={share}>
      <ActionView size="xs" variant="default" off={noCancel} onClick={cancel}>
        Cancel
      </ActionView>
    </Waiting>
  );
}

function FailedMap({
  map,
  heading,
  title,
  onChanged,
}: {
  map: Exploration;
  heading: string;
  title: string;
  onChanged: () => void;
}) {
  const { noEdit } = useRights();
  const retry = useMutation({
    mutationFn: () => jobs.retryJob({ service: 'projection', jobId: map.jobId }),
    onSettled: onChanged,
  });
  const remove = useMutation({
    mutationFn: () => explorations.deleteExploration({ explorationId: map.id }),
    onSettled: onChanged,
  });
  return (
    <Failed heading={heading} title={title} reason={map.fault?.message} retry={retry}>
      <ActionView
        variant="default"
        off={noEdit}
        loading={remove.isPending}
        onClick={() => {
          remove.mutate();
        }}
      >
        Delete it
      </ActionView>
    </Failed>
  );
}

/** Why there are no responses of the model to make a map of, and what to do. */
function FailedResponses({ set, title, start }: { set: ActivationSet; title: string; start: () => void }) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => jobs.retryJob({ service: 'activations', jobId: set.jobId }),
    onSuccess: start,
    onSettled: () => client.invalidateQueries({ queryKey: ['perception', set.projectId, set.runId] }),
  });
  return (
    <Failed
      heading="The responses of the model could not be computed"
      title={`${title} is made of them.`}
      reason={set.fault?.message}
      advice="Change what the reason names and start another run, or try again."
      retry={retry}
    >
      <Button component={Link} to={links.run(set.projectId, set.runId)} variant="default">
        Look at the run
      </Button>
    </Failed>
  );
}

function Failed({
  heading,
  title,
  reason = 'It was given up.',
  advice,
  retry,
  children,
}: {
  heading: string;
  title: string;
  reason: string | undefined;
  advice?: string;
  retry: UseMutationResult<unknown, Error, void>;
  children: ReactNode;
}) {
  const { noEdit } = useRights();
  return (
    <Stack align="center" gap="sm" maw={520} role="alert">
      <Title order={3} ta="center">
        {heading}
      </Title>
      <Text size="sm" c="dimmed" ta="center">
        {title}
      </Text>
      <Text size="sm" ta="center">
        {capitalised(reason)}
      </Text>
      {advice !== undefined && (
        <Text size="sm" ta="center">
          {advice}
        </Text>
      )}
      <Group>
        <ActionView
          off={noEdit}
          loading={retry.isPending}
          onClick={() => {
            retry.mutate();
          }}
        >
          Try again
        </ActionView>
        {children}
      </Group>
      {retry.error !== null && <FaultView error={retry.error} />}
    </Stack>
  );
}
