import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightAction } from '@noema/contracts/noema/insights/v1/insight_service';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import {
  IconBookmark,
  IconChecklist,
  IconChevronDown,
  IconDownload,
  IconMessageCirclePlus,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { type InsightChanges, useInsightActions } from '../../features/insights/insights.query.js';
import { NewIssueDialogView } from '../../features/quality/new-issue-dialog.view.js';
import { SaveSliceView } from '../../features/selection/save-slice.view.js';
import { useSliceChanges } from '../../features/selection/slice-changes.query.js';
import type { Subject } from '../../features/selection/subject.js';
import { links } from '../../parts/address/links.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { saveFile } from '../../parts/save.js';
import { exportInsight, listExports } from './insight-export.js';
import { proposeSuite } from './insight-test.js';

const MAX_TITLE = 120;

/** Makes a slice, a test or an issue from an insight, and lists for other tools. */
export function InsightActionsView({
  insight,
  run,
  subject,
}: {
  insight: Insight;
  run: Run;
  subject: Subject;
}) {
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'slice' | 'issue'>();
  const { create } = useSliceChanges(insight.datasetVersionId);
  const { update } = useInsightActions(insight.projectId);
  /** Notes what was made of the insight. It exists even if this fails. */
  const remember = (change: InsightChanges): Promise<unknown> =>
    update({ ...insight, etag: '' }, change).catch(() => undefined);
  const exporting = useMutation({
    mutationFn: ({ action }: { action: InsightAction; suffix: string }) => exportInsight(insight.id, action),
    onSuccess: (file, { suffix }) => {
      saveFile(`${insight.kind}-${suffix}.csv`, file);
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The export failed', message: toFault(error).message });
    },
  });
  const isEmpty = subject.count === 0;
  const own = run.objectives.find(({ output }) => output === insight.output);
  const suite = proposeSuite(insight, own?.task ?? run.task);
  const saveSlice = async (displayName: string, description: string): Promise<Slice | undefined> => {
    const slice = await create.mutateAsync({ displayName, description, subject });
    if (slice !== undefined) await remember({ sliceId: slice.id });
    return slice;
  };
  const close = (): void => {
    setOpen(undefined);
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" loading={exporting.isPending} rightSection={<IconChevronDown size={14} />}>
            Act on it
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconBookmark size={16} />}
            disabled={noEdit !== undefined || isEmpty}
            onClick={() => {
              create.reset();
              setOpen('slice');
            }}
          >
            Make a slice
          </Menu.Item>
          <Menu.Item
            leftSection={<IconChecklist size={16} />}
            disabled={noEdit !== undefined}
            onClick={() => {
              void navigate(links.testSuite(insight.projectId, 'new', { doc: suite }));
            }}
          >
            Make a test
          </Menu.Item>
          <Menu.Item
            leftSection={<IconMessageCirclePlus size={16} />}
            disabled={noEdit !== undefined}
            onClick={() => {
              setOpen('issue');
            }}
          >
            Make an issue
          </Menu.Item>
          {!isEmpty && <Menu.Label>Export as CSV</Menu.Label>}
          {(isEmpty ? [] : listExports(insight)).map(({ action, label, suffix }) => (
            <Menu.Item
              key={action}
              leftSection={<IconDownload size={16} />}
              onClick={() => {
                exporting.mutate({ action, suffix });
              }}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {open === 'slice' && (
        <SaveSliceView
          opened
          title="Make a slice"
          verb="Save"
          count={subject.count}
          initial={{ displayName: '', description: insight.sentence }}
          pending={create.isPending}
          error={create.error}
          onClose={close}
          onSave={({ displayName, description }) => {
            saveSlice(displayName, description).then(
              (slice) => {
                close();
                if (slice !== undefined)
                  notifications.show({
                    message: `The slice “${slice.displayName}” has ${counted(slice.sampleCount, 'sample')}.`,
                  });
              },
              // The dialog shows why.
              () => undefined,
            );
          }}
        />
      )}
      {open === 'issue' && (
        <NewIssueDialogView
          projectId={insight.projectId}
          draft={{
            about: isEmpty
              ? 'The issue is about the insight.'
              : `The issue is about ${counted(subject.count, 'sample')} of the insight; they are saved as a slice ` +
                'with the title of the issue.',
            displayName: insight.sentence.slice(0, MAX_TITLE),
            text: insight.sentence,
            view: links.insight(insight.projectId, insight.id),
            findSubject: async (title) => {
              if (isEmpty) return undefined;
              const value = insight.sliceId || (await saveSlice(title, insight.sentence))?.id;
              return value === undefined ? undefined : { case: 'sliceId', value };
            },
          }}
          onClose={close}
          onCreated={({ id }) => {
            void remember({ issueId: id });
          }}
        />
      )}
    </>
  );
}
