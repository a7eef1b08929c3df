import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { ALGORITHMS, type MapCatalog } from './map-catalog.js';
import type { MapChoice } from './population.state.js';

const SPACES: Readonly<Record<string, string>> = { all: 'All layers', appearance: 'Appearance · early layers', concept: 'Concept · late layers' };

/** A perception space as people read it. */
export const spaceTitle = (name: string): string => SPACES[name] ?? (name.startsWith('layer/') ? `Layer ${name.slice('layer/'.length)}` : name);

/** Chooses the map: what the model looks with, how it is laid out, in how many dimensions. */
export function MapChoiceView({ catalog, choice, onChoice }: { catalog: MapCatalog; choice: MapChoice; onChoice: (choice: MapChoice) => void }) {
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
    </Stack>
  );
}
