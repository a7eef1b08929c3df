import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconDatabaseOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../../parts/address/links.js';
import { ActionView } from '../../../parts/action.view.js';
import { DialogView } from '../../../parts/dialog.view.js';
import { EmptyView } from '../../../parts/empty.view.js';
import { FaultView } from '../../../parts/fault.view.js';
import { counted } from '../../../parts/numbers.js';
import { QueryView } from '../../../parts/query.view.js';
import { useRights } from '../../../parts/role.query.js';
import { useDatasetVersions } from '../../../features/project/project.query.js';
import { isCancelled } from './make-map.query.js';
import type { MapCatalog } from './map-catalog.js';
import { placingHelp } from './map-parameters.js';
import { mapTitle } from './map-title.js';
import { notPlaceable, usePlaceData } from './place-data.query.js';
import type { MapChoice } from './map-choice.js';

export interface PlaceDataDialogProps {
  readonly projectId: string;
  /** The map, and what it shows. */
  readonly map: Exploration;
  readonly choice: MapChoice;
  readonly catalog: MapCatalog;
  /** Called with the id of the map that shows both, once it is on its way. */
  readonly onPlaced: (explorationId: string) => void;
  readonly onClose: () => void;
}

/** Places the samples of another dataset version in a map that stays unchanged. */
export function PlaceDataDialogView(props: PlaceDataDialogProps) {
  const versions = useDatasetVersions(props.projectId);
  return (
    <DialogView title="Place other data on this map" opened onClose={props.onClose} size="lg">
      <QueryView query={versions} lines={5}>
        {(list) => {
          const others = list.filter(
            ({ id, state }) => id !== props.map.datasetVersionId && state === JobState.SUCCEEDED,
          );
          const own = list.find(({ id }) => id === props.map.datasetVersionId);
          return others.length === 0 || own === undefined ? (
            <Nothing {...props} />
          ) : (
            <Form {...props} own={own} others={others} />
          );
        }}
      </QueryView>
    </DialogView>
  );
}

function Nothing({ projectId, onClose }: PlaceDataDialogProps) {
  return (
    <EmptyView icon={<IconDatabaseOff />} title="This project has no other data">
      <Stack align="center" gap="sm">
        <Text size="sm">
          Make a second dataset version, such as of new or of other samples; then they can be placed here.{' '}
          <Anchor component={Link} size="sm" underline="always" to={links.project(projectId)}>
            Open the project
          </Anchor>
        </Text>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Stack>
    </EmptyView>
  );
}

function Form({
  projectId,
  map,
  choice,
  catalog,
  own,
  others,
  onPlaced,
  onClose,
}: PlaceDataDialogProps & { own: DatasetVersion; others: readonly DatasetVersion[] }) {
  const { noEdit } = useRights();
  const place = usePlaceData(projectId, map);
  const data = others.map((version) => {
    const why = notPlaceable(version, own);
    return {
      value: version.id,
      label:
        `${version.displayName || 'unnamed'} · ` +
        `${counted(version.sampleCount, 'sample')}${why === undefined ? '' : ` · ${why}`}`,
      disabled: why !== undefined,
    };
  });
  const [chosen, choose] = useState<string | null>(data.find(({ disabled }) => !disabled)?.value ?? null);
  const [step, setStep] = useState('');
  const abort = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      abort.current?.abort();
    },
    [],
  );
  const start = (): void => {
    if (chosen === null) return;
    abort.current = new AbortController();
    place.mutate(
      { datasetVersionId: chosen, signal: abort.current.signal, onStep: setStep },
      { onSuccess: onPlaced },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Stack gap="md">
        <Text size="sm">
          {mapTitle(catalog, choice)}. Its {counted(own.sampleCount, 'dot')} stay where they are.
        </Text>
        <Select
          label="Data to place"
          data={data}
          value={chosen}
          onChange={choose}
          allowDeselect={false}
          searchable={data.length > 8}
          disabled={place.isPending}
          data-autofocus
          checkIconPosition="right"
          placeholder="none has inputs of these shapes"
          description="Dataset versions of the project whose inputs have the shapes of the model's"
        />
        <Text size="sm" c="dimmed">
          {placingHelp(catalog.method(choice.algorithm))} No position in the map shows that a sample is far
          from all of it: the distance next to the map does.
        </Text>
        {place.error !== null && !isCancelled(place.error) && <FaultView error={place.error} />}
        <Group justify="space-between" gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" role="status">
            {place.isPending ? step : ''}
          </Text>
          <Group gap="sm" wrap="nowrap">
            <Button
              variant="default"
              onClick={() => {
                if (place.isPending) abort.current?.abort();
                else onClose();
              }}
            >
              {place.isPending ? 'Stop' : 'Cancel'}
            </Button>
            <ActionView
              type="submit"
              off={
                noEdit ??
                (chosen === null ? 'No other data of the project have inputs of these shapes.' : undefined)
              }
              loading={place.isPending}
            >
              Place them
            </ActionView>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
