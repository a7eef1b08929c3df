import { Select } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { useQueries } from '@tanstack/react-query';
import { counted } from '../../../parts/numbers.js';
import { jobIsOpen } from '../../../parts/states.js';
import { versionQuery } from '../../../features/sample/dataset-version.query.js';

const ALONE = 'alone';

/** Chooses whether a map is shown alone, or with other data that were placed in it. */
export function PlacedMapsView({
  maps,
  shown,
  onPlaced,
}: {
  maps: readonly Exploration[];
  shown: string;
  onPlaced: (explorationId: string) => void;
}) {
  const names = useQueries({
    queries: maps.map(({ placed }) => versionQuery(placed?.datasetVersionId)),
    combine: (all) => all.map(({ data }) => data?.datasetVersion?.displayName),
  });
  const data = maps.map(({ id, placed, state }, at) => {
    const count = counted(placed?.sampleCount ?? 0, 'sample');
    const standing = jobIsOpen(state) ? ' · being placed' : state === JobState.FAILED ? ' · failed' : '';
    return { value: id, label: `${names[at] || 'other data'} · ${count}${standing}` };
  });
  return (
    <Select
      size="xs"
      label="Placed on it"
      data={[{ value: ALONE, label: 'nothing: its own samples only' }, ...data]}
      value={data.some(({ value }) => value === shown) ? shown : ALONE}
      allowDeselect={false}
      checkIconPosition="right"
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      onChange={(id) => {
        if (id !== null) onPlaced(id === ALONE ? '' : id);
      }}
    />
  );
}
