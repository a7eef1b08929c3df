import { Badge, Button, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { BaselineRule, type TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import { type Run, RunState } from '@noema/contracts/noema/training/v1/run';
import { IconPencil, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { readDocumentText } from '../../features/document/document-text.js';
import { AcceptDraftView } from '../../features/quality/accept-draft.view.js';
import { DraftBadgeView } from '../../features/quality/draft-badge.view.js';
import { toVersions } from '../../features/quality/judged-versions.js';
import { type SuiteFields, useSuiteActions, useSuiteResults } from '../../features/quality/suites.query.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { useSlices } from '../../features/selection/slices.query.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { counted } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { RenameDialogView } from '../../parts/rename-dialog.view.js';
import { useRights } from '../../parts/role.query.js';
import { defaultSuite } from './default-suite.js';
import { JudgeDialogView } from './judge-dialog.view.js';
import { NAME_RULE, SuiteActionsView } from './suite-actions.view.js';
import { SuiteEditorView } from './suite-editor.view.js';
import { SuiteResultsView } from './suite-results.view.js';
import { type SuiteSettings, SuiteSettingsView } from './suite-settings.view.js';

const NO_SETTINGS: SuiteSettings = {
  runForNewVersions: false,
  baselineRule: BaselineRule.NONE,
  baselineRunId: '',
};

/** A suite with its head, its editor and its results. */
export function SuiteView({
  projectId,
  suite,
  runs,
}: {
  projectId: string;
  /** Undefined for a new one. */
  suite: TestSuite | undefined;
  runs: readonly Run[];
}) {
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const { create, update } = useSuiteActions(projectId);
  const [editing, setEditing] = useAddressValue('edit', suite === undefined ? 'yes' : '');
  const [isNaming, setNaming] = useState(false);
  const [isJudging, setJudging] = useState(false);
  const [newSettings, setNewSettings] = useState(NO_SETTINGS);
  const newest = runs.find(({ epochsDone }) => epochsDone > 0);
  const slices = useSlices(newest?.datasetVersionId ?? '', editing !== '' && newest !== undefined);
  const original = useMemo(() => suite?.document ?? defaultSuite(newest?.task), [suite, newest?.task]);
  const [text, setText] = useAddressValue('doc', original);
  const read = useMemo(() => readDocumentText(text), [text]);
  const ended = useMemo(() => runs.filter(({ state }) => state === RunState.SUCCEEDED), [runs]);
  const runName = useCallback(
    (runId: string) => runs.find(({ id }) => id === runId)?.displayName ?? 'deleted run',
    [runs],
  );
  const results = useSuiteResults(projectId, suite?.id);
  const versions = useMemo(() => toVersions(results.data ?? [], runs), [results.data, runs]);
  const save = useMutation({
    mutationFn: (change: SuiteFields) => update(suite!, change),
    onSuccess: () => {
      setText(undefined);
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The suite is not saved', message: toFault(error).message });
    },
  });
  const set = useMutation({ mutationFn: (settings: SuiteSettings) => update(suite!, settings) });
  const isChanged = text !== original;
  const off =
    noEdit ??
    (read.fault !== undefined
      ? 'The text has an error; correct it first.'
      : read.document.tests.length === 0
        ? 'A suite has at least one test.'
        : undefined);
  return (
    <Stack gap="md">
      <PageHeadView
        title={suite?.displayName ?? 'New test suite'}
        badge={
          <>
            {suite?.draft === true && <DraftBadgeView />}
            {isChanged && suite !== undefined && (
              <Badge variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>
                changed
              </Badge>
            )}
          </>
        }
        actions={
          <Group gap="xs">
            {suite === undefined ? (
              <ActionView
                off={off}
                onClick={() => {
                  setNaming(true);
                }}
              >
                Save
              </ActionView>
            ) : isChanged ? (
              <ActionView
                off={off}
                loading={save.isPending}
                onClick={() => {
                  save.mutate({ document: text });
                }}
              >
                Save changes
              </ActionView>
            ) : (
              <ActionView
                leftSection={<IconPlayerPlay size={16} />}
                off={noEdit ?? (ended.length === 0 ? 'No run of the project has succeeded yet.' : undefined)}
                onClick={() => {
                  setJudging(true);
                }}
              >
                Judge a run
              </ActionView>
            )}
            {suite !== undefined && (
              <Button
                variant={editing === '' ? 'default' : 'light'}
                leftSection={<IconPencil size={16} />}
                aria-expanded={editing !== ''}
                onClick={() => {
                  setEditing(editing === '' ? 'yes' : undefined);
                }}
              >
                {editing === '' ? 'Edit tests' : 'Close the editor'}
              </Button>
            )}
            {suite?.draft === true && (
              <AcceptDraftView
                off={noEdit}
                onAccept={() => {
                  save.mutate({ draft: false });
                }}
              />
            )}
            {suite !== undefined && <SuiteActionsView suite={suite} newest={versions[0]} runName={runName} />}
          </Group>
        }
      >
        {suite === undefined
          ? 'What each version of the model must reach.'
          : counted(suite.testNames.length, 'test')}
      </PageHeadView>
      {editing !== '' && (
        <SuiteEditorView
          text={text}
          read={read}
          task={newest?.task}
          knownSlices={(slices.data ?? []).filter(({ filter }) => filter !== '')}
          onChange={setText}
        >
          <SuiteSettingsView
            settings={suite ?? newSettings}
            runs={ended}
            off={noEdit !== undefined}
            error={set.error}
            onChange={(settings) => {
              const { runForNewVersions, baselineRule, baselineRunId } = settings;
              if (suite === undefined) setNewSettings(settings);
              else set.mutate({ runForNewVersions, baselineRule, baselineRunId });
            }}
          />
        </SuiteEditorView>
      )}
      {suite !== undefined && (
        <SuiteResultsView
          suite={suite}
          versions={versions}
          results={results}
          runs={runs}
          runName={runName}
          document={readDocumentText(suite.document).document}
        />
      )}
      {isNaming && (
        <RenameDialogView
          title="Save the suite"
          name=""
          rule={NAME_RULE}
          onClose={() => {
            setNaming(false);
          }}
          act={async (displayName) => {
            const created = await create({ displayName, document: text, ...newSettings });
            if (created !== undefined) await navigate(links.testSuite(projectId, created.id));
          }}
        />
      )}
      {isJudging && suite !== undefined && (
        <JudgeDialogView
          suite={suite}
          runs={ended}
          runName={runName}
          onClose={() => {
            setJudging(false);
          }}
        />
      )}
    </Stack>
  );
}
