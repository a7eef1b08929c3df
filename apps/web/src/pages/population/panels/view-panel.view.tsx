import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconMapPin, IconPlus } from '@tabler/icons-react';
import { type MouseEvent, Suspense, useEffect, useRef, useState } from 'react';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { jobIsOpen } from '../../../parts/states.js';
import { isReady, type MapCatalog } from '../maps/map-catalog.js';
import { spaceTitle } from '../maps/map-title.js';
import type { MapChoice } from '../maps/map-choice.js';

const MadeWithView = lazyPart(async () => ({
  default: (await import('../maps/made-with.view.js')).MadeWithView,
}));
const PlacedMapsView = lazyPart(async () => ({
  default: (await import('../maps/placed-maps.view.js')).PlacedMapsView,
}));
const PlaceDataDialogView = lazyPart(async () => ({
  default: (await import('../maps/place-data-dialog.view.js')).PlaceDataDialogView,
}));
const MakeMapDialogView = lazyPart(async () => ({
  default: (await import('../maps/make-map-dialog.view.js')).MakeMapDialogView,
}));

/** The two buttons fill the width of the panel. */
const NEAR = { section: { marginInlineEnd: 4 } };

export interface MapChoiceProps {
  readonly projectId: string;
  readonly runId: string;
  readonly catalog: MapCatalog;
  readonly choice: MapChoice;
  readonly map: Exploration | undefined;
  /** Maps in which other data were placed in it, and the id of the one that is shown; empty for none. */
  readonly placedMaps: readonly Exploration[];
  readonly placed: string;
  readonly onChoice: (choice: MapChoice) => void;
  /** Called with the id of one of several maps of a choice. */
  readonly onMade: (choice: MapChoice, explorationId: string) => void;
  /** Called with the id of one of the maps with other data; empty for the map alone. */
  readonly onPlaced: (explorationId: string) => void;
}

/**
 * Chooses the map: what the model looks with, how it is laid out, in how many dimensions, with which
 * settings; and makes another.
 */
export function MapChoiceView({
  projectId,
  runId,
  catalog,
  choice,
  map,
  placedMaps,
  placed,
  onChoice,
  onMade,
  onPlaced,
}: MapChoiceProps) {
  const [asks, setAsks] = useState<'make' | 'place'>();
  const close = (): void => {
    setAsks(undefined);
  };
  const asked = useRef<HTMLButtonElement>(null);
  // A dialog that is closed gives the keyboard back to the button that opened it.
  useEffect(() => {
    if (asks === undefined) asked.current?.focus();
  }, [asks]);
  const ask =
    (what: 'make' | 'place') =>
    ({ currentTarget }: MouseEvent<HTMLButtonElement>): void => {
      asked.current = currentTarget;
      setAsks(what);
    };
  const alike = catalog.all(choice).filter(({ state }) => state === JobState.SUCCEEDED || jobIsOpen(state));
  const spaces = catalog.spaceNames.map((name) => ({ value: name, label: spaceTitle(name) }));
  return (
    <Stack gap={8}>
      <Select
        size="xs"
        label="Perception space"
        data={spaces}
        value={choice.space}
        allowDeselect={false}
        checkIconPosition="right"
        comboboxProps={{ width: 240, position: 'bottom-start' }}
        onChange={(space) => {
          if (space !== null) onChoice({ ...choice, space });
        }}
      />
      <Group gap={8} wrap="nowrap" align="flex-end" grow preventGrowOverflow={false}>
        <Select
          size="xs"
          label="Layout"
          data={catalog.algorithms.map((key) => ({ value: key, label: catalog.algorithmTitle(key) }))}
          value={choice.algorithm}
          allowDeselect={false}
          checkIconPosition="right"
          onChange={(algorithm) => {
            if (algorithm !== null) onChoice({ ...choice, algorithm });
          }}
        />
        <div style={{ flex: 'none' }}>
          <Text size="xs" fw={500} mb={2} id="map-dimensions">
            Dimensions
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby="map-dimensions"
            data={[
              { value: '2', label: '2-D' },
              { value: '3', label: '3-D' },
            ]}
            value={String(choice.dimensions)}
            onChange={(d) => {
              onChoice({ ...choice, dimensions: d === '3' ? 3 : 2 });
            }}
          />
        </div>
      </Group>
      {alike.length > 1 && (
        <Suspense>
          <MadeWithView
            method={catalog.method(choice.algorithm)}
            maps={alike}
            shown={map}
            onMade={(id) => {
              onMade(choice, id);
            }}
          />
        </Suspense>
      )}
      {placedMaps.length > 0 && (
        <Suspense>
          <PlacedMapsView maps={placedMaps} shown={placed} onPlaced={onPlaced} />
        </Suspense>
      )}
      <Group gap={0} mx={-4}>
        <Button
          size="compact-xs"
          variant="subtle"
          px={4}
          styles={NEAR}
          leftSection={<IconPlus size={13} />}
          onClick={ask('make')}
        >
          Make a map …
        </Button>
        {map !== undefined && isReady(map) && (
          <Button
            size="compact-xs"
            variant="subtle"
            px={4}
            styles={NEAR}
            leftSection={<IconMapPin size={13} />}
            onClick={ask('place')}
          >
            Place other data …
          </Button>
        )}
      </Group>
      {asks === 'make' && (
        <Suspense>
          <MakeMapDialogView
            projectId={projectId}
            runId={runId}
            catalog={catalog}
            choice={choice}
            onMade={(asked, id) => {
              close();
              onMade(asked, id);
            }}
            onClose={close}
          />
        </Suspense>
      )}
      {asks === 'place' && map !== undefined && (
        <Suspense>
          <PlaceDataDialogView
            projectId={projectId}
            map={map}
            choice={choice}
            catalog={catalog}
            onPlaced={(id) => {
              close();
              onPlaced(id);
            }}
            onClose={close}
          />
        </Suspense>
      )}
    </Stack>
  );
}
