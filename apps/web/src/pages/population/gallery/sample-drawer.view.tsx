import { ActionIcon, SegmentedControl } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { usePopulation } from '../model/population-context.js';
import { SAMPLE_LISTS } from '../state/population.state.js';
import { SamplesPanelView } from './samples-panel.view.js';

type List = (typeof SAMPLE_LISTS)[number];
const TITLES: Readonly<Record<List, string>> = {
  shown: 'Shown',
  selected: 'Selected',
  similar: 'Similar',
};

/** The drawer below the map: the samples that are shown, selected or similar. */
export function SampleDrawerView() {
  const { state, set, selectedCount } = usePopulation();
  const lists = SAMPLE_LISTS.filter(
    (one) => one === 'shown' || (one === 'selected' ? selectedCount > 0 : state.like.length > 0),
  );
  const list = lists.find((one) => one === state.samples) ?? 'shown';
  // A new selection is what one wants to look at; so are samples that were fetched.
  useEffect(() => {
    if (state.selection !== '') set({ samples: 'selected' }, 'replace');
  }, [state.selection, set]);
  const like = state.like.join(',');
  useEffect(() => {
    if (like !== '') set({ samples: 'similar' }, 'replace');
  }, [like, set]);
  return (
    <SamplesPanelView list={list}>
      <ActionIcon
        size={26}
        variant="subtle"
        color="gray"
        aria-label="Close the samples"
        onClick={() => {
          set({ samples: '' }, 'replace');
        }}
      >
        <IconX size={16} />
      </ActionIcon>
      {lists.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="List of samples"
          data={lists.map((value) => ({ value, label: TITLES[value] }))}
          value={list}
          onChange={(next) => {
            set({ samples: next }, 'replace');
          }}
        />
      )}
    </SamplesPanelView>
  );
}
