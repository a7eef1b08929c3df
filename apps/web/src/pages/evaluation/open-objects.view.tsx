import { notifications } from '@mantine/notifications';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconObjectScan } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router-dom';
import { datasets } from '../../api/clients.js';
import { integrations } from '../../api/making-clients.js';
import { toFault } from '../../api/query-client.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { newRequestId } from '../../parts/field-faults.js';
import { useRights } from '../../parts/role.query.js';

/** Makes a dataset version of the objects of an epoch, and leads to it, where its progress is shown. */
export function OpenObjectsView({ run: { id: runId, projectId }, epoch }: { run: Run; epoch: number }) {
  const { noEdit } = useRights();
  const client = useQueryClient();
  const navigate = useNavigate();
  const open = useMutation({
    mutationFn: async () => {
      const requestId = newRequestId();
      const { integration } = await integrations.createIntegration({
        projectId,
        source: { source: { case: 'objects', value: { runId, epoch } } },
        requestId,
      });
      const integrationId = integration!.id;
      return datasets.createDatasetVersion({ projectId, integrationId, requestId });
    },
    onSuccess: async ({ datasetVersion }) => {
      for (const queryKey of [
        ['integration-list', projectId],
        ['dataset-version-list', projectId],
        ['job-list', 'datasets'],
      ])
        void client.invalidateQueries({ queryKey });
      await navigate(links.dataset(projectId, datasetVersion!.id));
    },
    onError: (error) => {
      notifications.show({
        color: 'red',
        title: 'The objects were not opened',
        message: toFault(error).message,
      });
    },
  });
  return (
    <ActionView
      variant="default"
      leftSection={<IconObjectScan size={16} />}
      loading={open.isPending}
      off={noEdit}
      onClick={() => {
        open.mutate();
      }}
    >
      Open objects as samples
    </ActionView>
  );
}
