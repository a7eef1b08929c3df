import { Button, Checkbox, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ActionView } from '../../../parts/action.view.js';
import { DialogView } from '../../../parts/dialog.view.js';
import { FaultView } from '../../../parts/fault.view.js';
import type { Settings } from '../../../parts/method-settings.js';
import { useRights } from '../../../parts/role.query.js';
import type { MapCatalog } from './map-catalog.js';
import { toParams } from './map-parameters.js';
import { MapSettingsView } from './map-settings.view.js';
import { isCancelled, findNeighbour, useMakeMap, USUAL_SEED } from './make-map.query.js';
import type { MapChoice } from './map-choice.js';
import { spaceTitle } from './map-title.js';

export interface MakeMapDialogProps {
  readonly projectId: string;
  readonly runId: string;
  readonly catalog: MapCatalog;
  /** The initial choice of the form. */
  readonly choice: MapChoice;
  /** Called with the requested choice and the id of its map, once that is on its way. */
  readonly onMade: (choice: MapChoice, explorationId: string) => void;
  readonly onClose: () => void;
}

/**
 * Makes a map of the space and epoch that are looked at: by which algorithm, with which settings, flat or in
 * space.
 */
export function MakeMapDialogView(props: MakeMapDialogProps) {
  return (
    <DialogView title="Make a map" opened onClose={props.onClose} size="lg">
      <Form {...props} />
    </DialogView>
  );
}

function Form({ projectId, runId, catalog, choice: shown, onMade, onClose }: MakeMapDialogProps) {
  const { noEdit } = useRights();
  const make = useMakeMap(projectId, runId, catalog);
  const [algorithm, setAlgorithm] = useState(shown.algorithm);
  const [dimensions, setDimensions] = useState<2 | 3>(shown.dimensions);
  const [given, setGiven] = useState<Settings>({});
  const [seed, setSeed] = useState<number | string>(USUAL_SEED);
  const [holds, setHolds] = useState(true);
  const [step, setStep] = useState('');
  const abort = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      abort.current?.abort();
    },
    [],
  );
  const method = catalog.method(algorithm);
  const choice: MapChoice = { ...shown, algorithm, dimensions };
  const before = findNeighbour(catalog, choice);
  const start = (): void => {
    abort.current = new AbortController();
    const settings = {
      params: toParams(method, given),
      seed: typeof seed === 'number' ? seed : USUAL_SEED,
      alignedTo: holds ? (before?.id ?? '') : '',
    };
    make.mutate(
      { choice, settings, signal: abort.current.signal, onStep: setStep },
      {
        onSuccess: (id) => {
          if (id !== undefined) onMade(choice, id);
        },
      },
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
          {spaceTitle(shown.space)}, epoch {shown.epoch}. Every sample is a dot.
        </Text>
        <Group gap="md" wrap="wrap">
          <SegmentedControl
            size="sm"
            aria-label="Algorithm"
            value={algorithm}
            data={catalog.algorithms.map((value) => ({ value, label: catalog.algorithmTitle(value) }))}
            onChange={(next) => {
              setAlgorithm(next);
              setGiven({});
            }}
          />
          <SegmentedControl
            size="sm"
            aria-label="Dimensions"
            value={String(dimensions)}
            data={[
              { value: '2', label: '2-D' },
              { value: '3', label: '3-D' },
            ]}
            onChange={(next) => {
              setDimensions(next === '3' ? 3 : 2);
            }}
          />
        </Group>
        <MapSettingsView method={method} given={given} seed={seed} onGiven={setGiven} onSeed={setSeed} />
        {before !== undefined && (
          <Checkbox
            size="sm"
            checked={holds}
            onChange={({ currentTarget }) => {
              setHolds(currentTarget.checked);
            }}
            label={`Start from the map of epoch ${before.epoch}`}
            description="Dots hold still where nothing changed, so that both maps can be compared."
          />
        )}
        {make.error !== null && !isCancelled(make.error) && <FaultView error={make.error} />}
        <Group justify="space-between" gap="sm">
          <Text size="xs" c="dimmed" role="status">
            {make.isPending ? step : ''}
          </Text>
          <Group gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <ActionView type="submit" off={noEdit} loading={make.isPending}>
              Make the map
            </ActionView>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
