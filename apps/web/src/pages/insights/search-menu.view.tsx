import { Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import { IconRepeat, IconRepeatOff, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { faultOf } from '../../api/query-client.js';
import { useInsightActions, useInsightSettings } from '../../features/insights/insights.query.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { MoreActionsView } from '../../parts/more-actions.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';

/** Turns searches after runs on and off, and deletes a search. */
export function SearchMenuView({
  projectId,
  search,
  runName,
}: {
  projectId: string;
  /** The newest search. */
  search: InsightSearch | undefined;
  runName: (runId: string) => string;
}) {
  const { noEdit } = useRights();
  const settings = useInsightSettings(projectId).data;
  const actions = useInsightActions(projectId);
  const [isOpen, setOpen] = useState(false);
  const isOn = settings?.searchAfterRuns === true;
  const hasEpochs = settings?.searchAfterEpochs === true;
  const change = useMutation({
    mutationFn: actions.setAutomatic,
    onSuccess: () => {
      notifications.show({ message: 'The runs of this project follow the switch from now on.' });
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The switch is not set', message: faultOf(error).message });
    },
  });
  const off = noEdit !== undefined || settings === undefined || change.isPending;
  return (
    <>
      <MoreActionsView>
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
            setOpen(true);
          }}
        >
          Delete the newest search
        </Menu.Item>
      </MoreActionsView>
      {search !== undefined && (
        <ConfirmView
          opened={isOpen}
          title="Delete the newest search"
          verb="Delete"
          act={() => actions.remove(search.id)}
          onClose={() => {
            setOpen(false);
          }}
        >
          The search of {runName(search.runId)}, epoch {search.epoch}, is deleted with its{' '}
          {counted(search.insightCount + search.hintCount, 'insight')} and their verdicts. The insights that
          it replaced are listed again. Slices, tests and issues that were made from its insights stay.
        </ConfirmView>
      )}
    </>
  );
}
