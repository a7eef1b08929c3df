import { NativeSelect, Select, Stack, Switch } from '@mantine/core';
import { BaselineRule } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { SuiteFields } from '../../features/quality/suites.query.js';
import { FaultView } from '../../parts/fault.view.js';

/** When a suite runs by itself, and what it compares a version with. */
export type SuiteSettings = Required<
  Pick<SuiteFields, 'runForNewVersions' | 'baselineRule' | 'baselineRunId'>
>;

const RULES = [
  { value: String(BaselineRule.NONE), label: 'no run' },
  { value: String(BaselineRule.PREVIOUS_RUN), label: 'the run of the same model before it' },
  { value: String(BaselineRule.FIXED_RUN), label: 'one run' },
];

/** The switches of a suite; a change that the platform refuses stays off, with the reason. */
export function SuiteSettingsView({
  settings,
  runs,
  off,
  error,
  onChange,
}: {
  settings: SuiteSettings;
  /** Runs that have succeeded. */
  runs: readonly Run[];
  /** True for a viewer. */
  off: boolean;
  error: unknown;
  onChange: (settings: SuiteSettings) => void;
}) {
  const rule = settings.baselineRule === BaselineRule.UNSPECIFIED ? BaselineRule.NONE : settings.baselineRule;
  return (
    <Stack gap="xs">
      <Switch
        label="Judge each new version by itself"
        checked={settings.runForNewVersions}
        disabled={off}
        onChange={(event) => {
          onChange({ ...settings, runForNewVersions: event.currentTarget.checked });
        }}
      />
      <NativeSelect
        size="xs"
        label="Baseline of a new version"
        description="What tests mean by previous"
        data={RULES}
        value={String(rule)}
        disabled={off}
        onChange={(event) => {
          const baselineRule = Number(event.currentTarget.value) as BaselineRule;
          const baselineRunId = baselineRule === BaselineRule.FIXED_RUN ? (runs[0]?.id ?? '') : '';
          onChange({ ...settings, baselineRule, baselineRunId });
        }}
      />
      {rule === BaselineRule.FIXED_RUN && (
        <Select
          size="xs"
          label="Run of the baseline"
          data={runs.map(({ id, displayName }) => ({ value: id, label: displayName }))}
          value={settings.baselineRunId === '' ? null : settings.baselineRunId}
          placeholder={runs.length === 0 ? 'no run has succeeded' : 'deleted run'}
          searchable={runs.length > 8}
          allowDeselect={false}
          disabled={off}
          onChange={(baselineRunId) => {
            if (baselineRunId !== null) onChange({ ...settings, baselineRunId });
          }}
        />
      )}
      {error !== null && error !== undefined && <FaultView error={error} />}
    </Stack>
  );
}
