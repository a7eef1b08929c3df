import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { jobIsOpen } from '../parts/states.js';
import { ALGORITHMS, type MapCatalog } from './map-catalog.js';
import { spaceTitle } from './map-title.js';
import type { MapChoice } from './population.state.js';

const MadeWithView = lazy(async () => ({ default: (await import('./made-with.view.js')).MadeWithView }));
const MakeMapDialogView = lazy(async () => ({ default: (await import('./make-map-dialog.view.js')).MakeMapDialogView }));

export interface MapChoiceProps {
  readonly projectId: string;
  readonly runId: string;
  readonly catalog: MapCatalog;
  readonly choice: MapChoice;
  readonly map: Exploration | undefined;
  readonly onChoice: (choice: MapChoice) => void;
  /** Called with the id of one of several maps of a choice. */
  readonly onMade: (choice: MapChoice, explorationId: string) => void;
}

/** Chooses the map: what the model looks with, how it is laid out, in how many dimensions, with which settings; and makes another. */
export function MapChoiceView({ projectId, runId, catalog, choice, map, onChoice, onMade }: MapChoiceProps) {
  const [makes, setMakes] = useState(false);
  const alike = catalog.all(choice).filter(({ state }) => state === JobState.SUCCEEDED || jobIsOpen(state));
  const spaces = catalog.spaceNames.map((name) => ({ value: name, label: spaceTitle(name) }));
  return (
    <Stack gap={8}>
      <Select
        size="xs" label="Perception space" data={spaces} value={choice.space} allowDeselect={false} checkIconPosition="right" comboboxProps={{ width: 240, position: 'bottom-start' }}
        onChange={(space) => { if (space !== null) onChoice({ ...choice, space }); }}
      />
      <Group gap={8} wrap="nowrap" grow preventGrowOverflow={false}>
        <Select
          size="xs" label="Laid out by" data={catalog.algorithms.map((key) => ({ value: key, label: ALGORITHMS[key].title }))} value={choice.algorithm} allowDeselect={false} checkIconPosition="right"
          onChange={(algorithm) => { if (algorithm !== null) onChoice({ ...choice, algorithm }); }}
        />
        <div style={{ flex: 'none' }}>
          <Text size="xs" fw={500} mb={2} id="map-dimensions">In</Text>
          <SegmentedControl size="xs" aria-labelledby="map-dimensions" data={[{ value: '2', label: '2-D' }, { value: '3', label: '3-D' }]} value={String(choice.dimensions)} onChange={(d) => { onChoice({ ...choice, dimensions: d === '3' ? 3 : 2 }); }} />
        </div>
      </Group>
      {alike.length > 1 && <Suspense><MadeWithView algorithm={choice.algorithm} maps={alike} shown={map} onMade={(id) => { onMade(choice, id); }} /></Suspense>}
      <Button size="compact-xs" variant="subtle" w="fit-content" leftSection={<IconPlus size={13} />} onClick={() => { setMakes(true); }}>Make a map …</Button>
      {makes && <Suspense><MakeMapDialogView projectId={projectId} runId={runId} catalog={catalog} choice={choice} onMade={(asked, id) => { setMakes(false); onMade(asked, id); }} onClose={() => { setMakes(false); }} /></Suspense>}
    </Stack>
  );
}
