import { Autocomplete, Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { MARKS, REDUCTIONS, SCATTER } from '@noema/evaluation';
import { formatField } from '@noema/kernel/filter-language';
import { useState } from 'react';
import type { EntryFields } from '../../features/document/document-text.js';
import type { DashboardField } from './dashboard-fields.js';

const AGGREGATES = ['mean', 'sum', 'min', 'max'];
const BINS = 10;
/** Reductions of one class against all others. */
const CLASS_CHARTS: ReadonlySet<string> = new Set(['pr', 'roc', 'thresholds', 'calibration']);
const SHARES = [
  { value: 'none', label: 'counts' },
  { value: 'truth', label: 'shares of the ground truth' },
  { value: 'prediction', label: 'shares of the prediction' },
  { value: 'all', label: 'shares of all samples' },
];
const VERSIONS = [
  { value: '', label: 'current' },
  { value: '["current","previous"]', label: 'current and previous' },
  { value: '["previous"]', label: 'previous' },
];

/** Fields that mean something else with another mark; the axes of a scatter are numbers without bins. */
const leftOut = (mark: string, before: string | undefined): EntryFields =>
  mark === 'heatmap'
    ? { color: '' }
    : (mark === SCATTER) !== (before === SCATTER)
      ? { x: '', y: '', ...(mark !== SCATTER && { seed: '' }) }
      : {};

/** The fields of one chart, with the names that exist. */
export function ChartFormView({
  initial,
  fields,
  slices,
  classNames,
  label,
  onSave,
  onCancel,
}: {
  initial: EntryFields;
  fields: readonly DashboardField[];
  /** Names of the slices of the document. */
  slices: readonly string[];
  /** Classes of the data. */
  classNames: readonly string[];
  label: string;
  onSave: (chart: EntryFields) => void;
  onCancel?: () => void;
}) {
  const [chart, setChart] = useState<EntryFields>(initial);
  const isReduction = (chart['reduce'] ?? '') !== '';
  const isHeatmap = chart['mark'] === 'heatmap';
  const isScatter = chart['mark'] === SCATTER;
  const set = (name: string) => (value: string | null) => {
    setChart((now) => ({ ...now, [name]: value ?? '' }));
  };
  const axes = fields.flatMap(({ name, kind }) =>
    kind === 'number' ? [`${formatField(name)}@${BINS}`, formatField(name)] : [formatField(name)],
  );
  const numbers = fields.flatMap(({ name, kind }) => (kind === 'number' ? [formatField(name)] : []));
  const values = [
    'count()',
    ...fields
      .filter(({ kind }) => kind !== 'text')
      .flatMap(({ name, kind }) =>
        (kind === 'boolean' ? ['mean', 'sum'] : AGGREGATES).map(
          (aggregate) => `${aggregate}(${formatField(name)})`,
        ),
      ),
  ];
  const axis = (name: string, title: string, names: readonly string[] = ['version', ...axes]) => (
    <Autocomplete
      size="xs"
      label={title}
      data={[...names]}
      limit={100}
      value={chart[name] ?? ''}
      onChange={set(name)}
      comboboxProps={{ width: 260, position: 'bottom-start' }}
    />
  );
  const value = isHeatmap ? 'z' : 'y';
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(chart);
      }}
    >
      <Stack gap="xs">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          <Select
            size="xs"
            label="Kind"
            data={[
              {
                group: 'Marks',
                items: [...MARKS, SCATTER].map((mark) => ({ value: `mark ${mark}`, label: mark })),
              },
              {
                group: 'Metrics of predictions',
                items: REDUCTIONS.map((name) => ({ value: `reduce ${name}`, label: name })),
              },
            ]}
            value={isReduction ? `reduce ${chart['reduce']!}` : `mark ${chart['mark'] ?? 'bar'}`}
            allowDeselect={false}
            onChange={(kind) => {
              const [type = 'mark', name = 'bar'] = (kind ?? 'mark bar').split(' ');
              const { title = '', where = '', on = '' } = chart;
              setChart(
                type === 'mark' && !isReduction
                  ? { ...chart, mark: name, ...leftOut(name, chart['mark']) }
                  : { title, where, on, [type]: name },
              );
            }}
          />
          <TextInput
            size="xs"
            label="Title"
            value={chart['title'] ?? ''}
            onChange={(event) => {
              set('title')(event.currentTarget.value);
            }}
          />
          {!isReduction &&
            chart['mark'] !== 'number' &&
            axis('x', 'Along x', isScatter ? numbers : undefined)}
          {isScatter && axis('y', 'Along y', numbers)}
          {!isReduction && isHeatmap && axis('y', 'Rows')}
          {!isReduction && !isScatter && (
            <Autocomplete
              size="xs"
              label="Number"
              placeholder="count()"
              data={values}
              limit={100}
              value={chart[value] ?? ''}
              onChange={set(value)}
              comboboxProps={{ width: 260, position: 'bottom-start' }}
            />
          )}
          {!isReduction && !isHeatmap && axis('color', 'Split by')}
          {!isReduction && axis('facet', 'One chart for each')}
          {CLASS_CHARTS.has(chart['reduce'] ?? '') && (
            <Autocomplete
              size="xs"
              label="Class"
              placeholder={chart['reduce'] === 'calibration' ? 'the predicted one' : ''}
              data={[...new Set(classNames)]}
              limit={100}
              value={chart['class'] ?? ''}
              onChange={set('class')}
            />
          )}
          {chart['reduce'] === 'confusion' && (
            <Select
              size="xs"
              label="Shares"
              data={SHARES}
              value={chart['normalize'] ?? 'none'}
              allowDeselect={false}
              onChange={set('normalize')}
            />
          )}
          {isReduction && (
            <Select
              size="xs"
              label="Versions"
              data={VERSIONS}
              value={
                VERSIONS.find(({ value: one }) => one === chart['versions'])?.value ?? VERSIONS[0]!.value
              }
              allowDeselect={false}
              onChange={set('versions')}
            />
          )}
          <TextInput
            size="xs"
            label="Only samples where"
            placeholder="split = validation AND loss > 1"
            value={chart['where'] ?? ''}
            onChange={(event) => {
              set('where')(event.currentTarget.value);
            }}
          />
          {slices.length > 0 && (
            <Select
              size="xs"
              label="On slice"
              data={[...slices]}
              value={chart['on'] || null}
              clearable
              onChange={set('on')}
            />
          )}
        </SimpleGrid>
        <Group gap="xs">
          <Button size="xs" type="submit">
            {label}
          </Button>
          {onCancel !== undefined && (
            <Button size="xs" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
