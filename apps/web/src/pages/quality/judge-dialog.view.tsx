import { NumberInput, Select, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { BaselineRule, type TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useSuiteActions } from '../../features/quality/suites.query.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { DialogView } from '../../parts/dialog.view.js';

/** Chooses a run and one of its epochs, and has the platform judge it by the suite. */
export function JudgeDialogView({
  suite,
  runs,
  runName,
  onClose,
}: {
  suite: TestSuite;
  /** Runs that have succeeded. */
  runs: readonly Run[];
  runName: (runId: string) => string;
  onClose: () => void;
}) {
  const [runId, setRunId] = useState(runs[0]?.id ?? null);
  const [epoch, setEpoch] = useState<number | string>('');
  const last = runs.find(({ id }) => id === runId)?.epochsDone ?? 0;
  const isEpoch = epoch === '' || (Number.isInteger(epoch) && Number(epoch) >= 1 && Number(epoch) <= last);
  const { judge } = useSuiteActions(suite.projectId);
  const work = useMutation({
    mutationFn: () => judge(suite.id, runId ?? '', Number(epoch)),
    onSuccess: () => {
      notifications.show({
        message: `“${runName(runId ?? '')}”, epoch ${epoch || last}, is judged; its results come into the table.`,
      });
      onClose();
    },
  });
  return (
    <DialogView opened onClose={onClose} title="Judge a run">
      <DialogFormView
        save={work}
        verb="Judge"
        canSave={runId !== null && isEpoch}
        refusal={work.error}
        onClose={onClose}
      >
        <Select
          label="Run"
          data={runs.map(({ id, displayName }) => ({ value: id, label: displayName }))}
          value={runId}
          placeholder="no run has succeeded yet"
          searchable={runs.length > 8}
          allowDeselect={false}
          onChange={(next) => {
            setRunId(next);
            setEpoch('');
          }}
          data-autofocus
        />
        {last > 1 && (
          <NumberInput
            label="Epoch"
            description={`1 to ${last}; left empty, the last one. Only the last one closes issues.`}
            placeholder={String(last)}
            min={1}
            max={last}
            allowDecimal={false}
            value={epoch}
            error={!isEpoch && `Give a whole number from 1 to ${last}.`}
            onChange={setEpoch}
          />
        )}
        <Text size="sm" c="dimmed">
          {baselineText(suite, runName)}
        </Text>
      </DialogFormView>
    </DialogView>
  );
}

function baselineText(
  { baselineRule, baselineRunId }: TestSuite,
  runName: (runId: string) => string,
): string {
  switch (baselineRule) {
    case BaselineRule.PREVIOUS_RUN:
      return 'It is compared with the run of the same model before it.';
    case BaselineRule.FIXED_RUN:
      return `It is compared with “${runName(baselineRunId)}”.`;
    default:
      return 'The suite has no baseline: a test that compares with one is undecided.';
  }
}
