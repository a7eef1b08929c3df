import { Select } from '@mantine/core';
import type { Method } from '@noema/contracts/noema/methods/v1/method';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { jobIsOpen } from '../../../parts/states.js';
import { madeWith } from './map-parameters.js';

/** Chooses among maps that show the same but were made with other settings or another seed. */
export function MadeWithView({
  method,
  maps,
  shown,
  onMade,
}: {
  method: Method | undefined;
  maps: readonly Exploration[];
  shown: Exploration | undefined;
  onMade: (explorationId: string) => void;
}) {
  const tellsSeed = new Set(maps.map(({ seed }) => seed)).size > 1;
  const data = maps.map((map) => ({
    value: map.id,
    label: `${madeWith(method, map, tellsSeed)}${jobIsOpen(map.state) ? ' · being computed' : ''}`,
  }));
  const named = data.map((entry, at) =>
    data.some(({ label }, other) => other !== at && label === entry.label)
      ? { ...entry, label: `${entry.label} · ${data.length - at}` }
      : entry,
  );
  return (
    <Select
      size="xs"
      label="Made with"
      data={named}
      value={shown?.id ?? null}
      allowDeselect={false}
      checkIconPosition="right"
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      onChange={(id) => {
        if (id !== null) onMade(id);
      }}
    />
  );
}
