import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Model } from '@noema/contracts/noema/training/v1/model';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { models } from '../../api/making-clients.js';
import { FaultView } from '../../parts/fault.view.js';
import { newRequestId } from '../../parts/field-faults.js';
import { counted } from '../../parts/numbers.js';
import { findAdaptation } from './fit.js';

/**
 * Offers the model that the chosen one becomes for the classes of the data; nothing where it fits unchanged. The
 * new model has the weights of the chosen version.
 */
export function AdaptModelView({
  model,
  modelVersionId,
  data,
  trains,
  onAdapted,
}: {
  readonly model: Model;
  readonly modelVersionId: string | null;
  readonly data: DatasetVersion;
  readonly trains: boolean;
  readonly onAdapted: (model: Model, kind: 'order' | 'head') => void;
}) {
  const client = useQueryClient();
  const [requestId] = useState(newRequestId);
  const kind = findAdaptation(model, data);
  const adapt = useMutation({
    mutationFn: () =>
      models.adaptModel({
        modelVersionId: modelVersionId ?? '',
        datasetVersionId: data.id,
        displayName: `${model.displayName}-${data.displayName}`,
        requestId: `${requestId}-${modelVersionId ?? ''}-${data.id}`.slice(0, 64),
      }),
    onSuccess: async ({ model: adapted }) => {
      await client.invalidateQueries({ queryKey: ['model-list', model.projectId] });
      if (adapted !== undefined && kind !== undefined) onAdapted(adapted, kind);
    },
  });
  // An evaluation of a pretrained head needs no other one.
  if (kind === undefined || (kind === 'head' && !trains)) return null;
  return (
    <Alert variant="light" p="sm">
      <Stack gap="xs">
        <Group justify="space-between" gap="md">
          <Text size="sm" style={{ flex: '1 1 240px' }}>
            {kind === 'order'
              ? 'The model has the classes of the data in another order.'
              : 'The last layer of the model has other classes than the ' +
                `${counted(data.classNames.length, 'class', 'classes')} of the data.`}
          </Text>
          <Button
            size="xs"
            variant="default"
            loading={adapt.isPending}
            disabled={modelVersionId === null}
            onClick={() => {
              adapt.mutate();
            }}
          >
            {kind === 'order' ? 'Use the order of the data' : 'Replace its last layer'}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {kind === 'order'
            ? 'Makes a new model with the same weights, whose outputs are in the order of the data.'
            : 'Makes a new model with the same weights and a new last layer. Only this layer is trained, unless you ' +
              'choose otherwise below.'}
        </Text>
        {adapt.error !== null && <FaultView error={adapt.error} />}
      </Stack>
    </Alert>
  );
}
