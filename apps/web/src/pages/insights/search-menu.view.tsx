import { Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconRepeat, IconRepeatOff, IconSearch, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toFault } from '../../api/query-client.js';
import { useInsightActions, useInsightSettings } from '../../features/insights/insights.query.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { MoreActionsView } from '../../parts/more-actions.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SearchDialogView } from './search-dialog.view.js';

/** Searches with a group field, turns searches after runs on and off, and deletes a search. */
export function SearchMenuView({
  projectId,
  run,
  off: noSearch,
  search,
  runName,
}: {
  projectId: string;
  /** The run that a search is about; undefined for all runs. */
  run: Run | undefined;
  /** Why no search can start now. */
  off: string | undefined;
  /** The newest search. */
  search: InsightSearch | undefined;
  runName: (runId: string) => string;
}) {
  const { noEdit } = useRights();
  const settings = useInsightSettings(projectId).data;
  const actions = useInsightActions(projectId);
  const [open, setOpen] = useState<'search' | 'delete'>();
  const close = (): void => {
    setOpen(undefined);
  };
  const isOn = settings?.searchAfterRuns === true;
  const hasEpochs = settings?.searchAfterEpochs === true;
  const change = useMutation({
    mutationFn: actions.setAutomatic,
    onSuccess: () => {
      notifications.show({ message: 'The runs of this project follow the switch from now on.' });
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The switch is not set', message: toFault(error).message });
    },
  });
  const off = noEdit !== undefined || settings === undefined || change.isPending;
  return (
    <>
      <MoreActionsView>
        <Menu.Item
          leftSection={<IconSearch size={16} />}
          disabled={noSearch !== undefined || run === undefined}
          onClick={() => {
            setOpen('search');
          }}
        >
          {run !== undefined && run.objectives.length > 1
            ? 'Search an output, or with a group field …'
            : 'Search with a group field …'}
        </Menu.Item>
        <Menu.Item
          leftSection={isOn ? <IconRepeatOff size={16} /> : <IconRepeat size={16} />}
          disabled={off}
          onClick={() => {
            change.mutate({ searchAfterRuns: !isOn });
          }}
        >
          {isOn ? 'Search no run by itself' : 'Search each run by itself'}
        </Menu.Item>
        <Menu.Item
          leftSection={hasEpochs ? <IconRepeatOff size={16} /> : <IconRepeat size={16} />}
          disabled={off}
          onClick={() => {
            change.mutate({ searchAfterEpochs: !hasEpochs });
          }}
        >
          {hasEpochs
            ? 'Search no epoch by itself'
            : 'Search each epoch for forgotten and miscalibrated samples'}
        </Menu.Item>
        <Menu.Item
          color="red.8"
          leftSection={<IconTrash size={16} />}
          disabled={noEdit !== undefined || search === undefined}
          onClick={() => {
            setOpen('delete');
          }}
        >
          Delete the newest search
        </Menu.Item>
      </MoreActionsView>
      {open === 'search' && run !== undefined && <SearchDialogView run={run} onClose={close} />}
      {search !== undefined && (
        <ConfirmView
          opened={open === 'delete'}
          title="Delete the newest search"
          verb="Delete"
          act={() => actions.remove(search.id)}
          onClose={close}
        >
          The search of {runName(search.runId)}, epoch {search.epoch}, is deleted with its{' '}
          {counted(search.insightCount + search.hintCount, 'insight')} and their verdicts. The insights that
          it replaced are listed again. Slices, tests and issues that were made from its insights stay.
        </ConfirmView>
      )}
    </>
  );
}
