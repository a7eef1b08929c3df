import {
  Autocomplete,
  Box,
  Button,
  Group,
  NativeSelect,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import { ActionView } from '../../parts/action.view.js';
import { useMethods } from '../../parts/methods.query.js';
import { COMPARATORS, findMissing, isAboutInsights, type TestFields } from './test-fields.js';

const AGAINST = [
  { value: 'number', label: 'a number' },
  { value: 'previous', label: 'the baseline' },
  { value: 'insights', label: 'a number of insights' },
  { value: 'text', label: 'an expression' },
];
const UNITS = [
  { value: 'absolute', label: 'of the number' },
  { value: 'percent', label: 'percent' },
];
const PAIRED = [
  { value: '', label: 'where both runs have the same samples' },
  { value: 'true', label: 'always' },
  { value: 'false', label: 'never' },
];

const MEASURES = [
  { value: 'count', label: 'number of insights' },
  { value: 'samples', label: 'number of their samples' },
];
const SEVERITIES = [
  { value: '1', label: 'any' },
  { value: '2', label: 'noticeable (2) or large (3)' },
  { value: '3', label: 'large (3)' },
];

/** The fields of one test: its samples, its metric, what it must reach. */
export function TestFormView({
  initial,
  metrics,
  slices,
  otherNames,
  label,
  onSave,
  onCancel,
}: {
  initial: TestFields;
  metrics: readonly string[];
  /** Names of the slices of the document. */
  slices: readonly string[];
  /** Names of the other tests of the suite. */
  otherNames: readonly string[];
  label: string;
  onSave: (fields: TestFields) => void;
  onCancel?: () => void;
}) {
  const [fields, setFields] = useState(initial);
  const set = (change: Partial<TestFields>): void => {
    setFields((now) => ({ ...now, ...change }));
  };
  const text = (
    name: keyof TestFields,
    title: string,
    more: { placeholder?: string; inputMode?: 'decimal' } = {},
  ) => (
    <TextInput
      size="xs"
      label={title}
      {...more}
      value={String(fields[name])}
      onChange={(event) => {
        set({ [name]: event.currentTarget.value });
      }}
    />
  );
  const choice = (
    name: 'against' | 'severity' | 'measure' | 'paired',
    title: string,
    data: { value: string; label: string }[],
  ) => (
    <NativeSelect
      size="xs"
      label={title}
      data={data}
      value={fields[name]}
      onChange={(event) => {
        set({ [name]: event.currentTarget.value });
      }}
    />
  );
  const { against } = fields;
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (findMissing(fields, otherNames) === undefined) onSave(fields);
      }}
    >
      <Stack gap="xs">
        {text('name', 'Name of the test', { placeholder: 'dim digits stay recognizable' })}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          {choice('against', 'Compared with', AGAINST)}
          {against === 'insights' && <KindFieldView kind={fields.insightKind} onChange={set} />}
          {against === 'insights' && choice('severity', 'Least severity', SEVERITIES)}
          {!isAboutInsights(fields) && (
            <>
              <Select
                size="xs"
                label="On slice"
                placeholder="all samples"
                data={[...slices]}
                value={fields.on || null}
                clearable
                clearButtonProps={{ 'aria-label': 'All samples' }}
                onChange={(on) => {
                  set({ on: on ?? '' });
                }}
              />
              {text('where', 'Only samples where', { placeholder: 'split = validation' })}
            </>
          )}
          {against === 'text' ? (
            text('text', 'Expectation', { placeholder: 'mean(loss) <= previous * 1.05' })
          ) : (
            <Group gap={4} wrap="nowrap" align="flex-end">
              {against === 'insights' ? (
                <Box flex={1}>{choice('measure', 'Number', MEASURES)}</Box>
              ) : (
                <Autocomplete
                  size="xs"
                  flex={1}
                  label="Metric"
                  data={[...metrics]}
                  value={fields.aggregate}
                  onChange={(aggregate) => {
                    set({ aggregate });
                  }}
                />
              )}
              <NativeSelect
                size="xs"
                w={64}
                aria-label="Comparison"
                data={[...COMPARATORS]}
                value={fields.comparator}
                onChange={(event) => {
                  set({ comparator: event.currentTarget.value });
                }}
              />
            </Group>
          )}
          {(against === 'number' || against === 'insights') &&
            text('limit', 'Limit', {
              placeholder: against === 'number' ? '0.95' : '0',
              inputMode: 'decimal',
            })}
          {against === 'previous' && (
            <Group gap={4} wrap="nowrap" align="flex-end">
              <TextInput
                size="xs"
                flex={1}
                label="Tolerance: how much worse is accepted"
                placeholder="0.01"
                inputMode="decimal"
                value={fields.margin}
                onChange={(event) => {
                  set({ margin: event.currentTarget.value });
                }}
              />
              <NativeSelect
                size="xs"
                w={116}
                aria-label="Unit of the tolerance"
                data={UNITS}
                value={fields.isRelative ? 'percent' : 'absolute'}
                onChange={(event) => {
                  set({ isRelative: event.currentTarget.value === 'percent' });
                }}
              />
            </Group>
          )}
          {!isAboutInsights(fields) &&
            text('minN', 'Least number of samples', { placeholder: '0', inputMode: 'decimal' })}
          {against !== 'number' &&
            !isAboutInsights(fields) &&
            choice('paired', 'Compare sample by sample', PAIRED)}
        </SimpleGrid>
        <Group gap="xs">
          <ActionView size="xs" type="submit" off={findMissing(fields, otherNames)}>
            {label}
          </ActionView>
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

/** The kind of the insights that a test counts. */
function KindFieldView({
  kind,
  onChange,
}: {
  kind: string;
  onChange: (change: { insightKind: string }) => void;
}) {
  const kinds = useMethods('insights', 'insight').map(({ key, title }) => ({ value: key, label: title }));
  // A kind that this platform does not have stays visible.
  const own = kind === '' || kinds.some(({ value }) => value === kind) ? [] : [{ value: kind, label: kind }];
  return (
    <NativeSelect
      size="xs"
      label="Kind of insights"
      data={[{ value: '', label: 'all kinds' }, ...kinds, ...own]}
      value={kind}
      onChange={(event) => {
        onChange({ insightKind: event.currentTarget.value });
      }}
    />
  );
}
