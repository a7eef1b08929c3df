import { Group, MultiSelect, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo } from 'react';
import { RUN_LOOKS } from '../../../parts/states.js';
import { differingSettings, type RunRow, settingNames } from '../../../features/runs/run-row.js';
import { type RunColumn, settingText, USUAL_COLUMNS } from './run-columns.js';
import type { RunListState } from './run-list.state.js';
import classes from './run-table.module.css';
import { plainName } from '../../../parts/plain-name.js';

const STATES = [...new Set(Object.values(RUN_LOOKS).map(({ label }) => label))].filter(
  (label) => label !== 'unknown',
);

/** Filters of the table of runs, what it is grouped by, and its columns. */
export function RunFiltersView({
  rows,
  columns,
  metrics,
  state,
  onChange,
}: {
  rows: readonly RunRow[];
  columns: readonly RunColumn[];
  metrics: readonly string[];
  state: RunListState;
  onChange: (change: Partial<RunListState>) => void;
}) {
  const { text, states, settings, group } = state;
  const values = useMemo(
    () =>
      differingSettings(rows).map((name) => ({
        group: name,
        items: [...new Set(rows.map(({ settings: own }) => settingText(own.get(name))))]
          .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
          .map((value) => ({ value: `${name}=${value}`, label: `${name}: ${value}` })),
      })),
    [rows],
  );
  const groups = useMemo(
    () => [
      { value: '', label: 'no groups' },
      ...settingNames(rows).map((name) => ({ value: name, label: `by ${name}` })),
    ],
    [rows],
  );
  const select = { size: 'xs', comboboxProps: { width: 300, position: 'bottom-start' } } as const;
  return (
    <Group gap="xs" px="md" pb="sm" align="flex-start" className={classes.filters}>
      <TextInput
        size="xs"
        w={200}
        aria-label="Filter by name"
        placeholder="Name"
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={(event) => {
          onChange({ text: event.currentTarget.value });
        }}
      />
      <MultiSelect
        {...select}
        miw={140}
        aria-label="Filter by state"
        placeholder={states.length === 0 ? 'Any state' : ''}
        data={STATES}
        value={[...states]}
        clearable
        onChange={(chosen) => {
          onChange({ states: chosen });
        }}
      />
      {values.length > 0 && (
        <MultiSelect
          {...select}
          miw={200}
          maw={420}
          aria-label="Filter by data and settings"
          placeholder={settings.length === 0 ? 'Any data and settings' : ''}
          data={values}
          value={settings.map(([name, value]) => `${name}=${value}`)}
          searchable
          clearable
          nothingFoundMessage="No run has this value"
          limit={200}
          onChange={(chosen) => {
            onChange({
              settings: chosen.map((one) => {
                const at = one.indexOf('=');
                return [one.slice(0, at), one.slice(at + 1)];
              }),
            });
          }}
        />
      )}
      <Select
        {...select}
        w={190}
        aria-label="Group by a setting"
        data={groups}
        value={group}
        searchable
        allowDeselect={false}
        onChange={(name) => {
          onChange({ group: name ?? '' });
        }}
      />
      {metrics.length > 1 && (
        <Select
          {...select}
          w={170}
          aria-label="Metric"
          data={metrics.map((name) => ({ value: name, label: plainName(name) }))}
          value={metrics.includes(state.metric) ? state.metric : metrics[0]!}
          allowDeselect={false}
          onChange={(name) => {
            onChange({
              metric: name === metrics[0] ? '' : (name ?? ''),
              // The ends are numbers of the other metric.
              ranges: state.ranges.filter(([column]) => column !== 'metric'),
            });
          }}
        />
      )}
      <MultiSelect
        {...select}
        miw={150}
        maw={420}
        aria-label="Columns"
        placeholder="Columns"
        // The chips of all columns would take more room than the table's heads, which show them.
        styles={{ pill: { display: 'none' } }}
        data={columns
          .filter(({ key }) => key !== 'name')
          .map(({ key, title }) => ({ value: key, label: title }))}
        value={[...(state.columns ?? USUAL_COLUMNS)]}
        searchable
        hidePickedOptions={false}
        onChange={(chosen) => {
          onChange({ columns: chosen });
        }}
      />
    </Group>
  );
}
