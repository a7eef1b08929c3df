import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { type Model, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { ModelAdaptationKind } from '@noema/contracts/noema/training/v1/model_service';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { models } from '../../api/making-clients.js';
import { FaultView } from '../../parts/fault.view.js';
import { newRequestId } from '../../parts/field-faults.js';
import { counted } from '../../parts/numbers.js';
import { useModelVersions } from '../project/model.query.js';
import { MAX_LISTED_CLASSES } from './class-order.js';
import { ClassOrderView } from './class-order.view.js';
import { canStateOrder, findAdaptation } from './fit.js';

type Kind = 'order' | 'head';

/**
 * Offers the model that the chosen one becomes for the classes of the data: by its names, by an order that a person
 * states, or with a new last layer; nothing where it fits unchanged. The new model has the weights of the chosen
 * version.
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
  readonly onAdapted: (model: Model, kind: Kind) => void;
}) {
  const client = useQueryClient();
  const [requestId] = useState(newRequestId);
  const [stated, setStated] = useState('');
  const version = useModelVersions(model.id).data?.find(({ id }) => id === modelVersionId);
  const found = findAdaptation(model, data);
  // An evaluation of a pretrained head needs no other one.
  const kind = found === 'head' && !trains ? undefined : found;
  const names = model.outputs[0]?.classNames ?? [];
  // A model that was made or trained here has learned the order of the data.
  const canState =
    canStateOrder(model, data) && (names.length > 0 || version?.origin === ModelVersionOrigin.IMPORTED);
  const pair = `${modelVersionId ?? ''}-${data.id}`;
  const adapt = useMutation({
    mutationFn: ({ to, classes }: { readonly to: Kind; readonly classes: readonly string[] }) =>
      models.adaptModel({
        modelVersionId: modelVersionId ?? '',
        datasetVersionId: data.id,
        displayName: `${model.displayName}-${data.displayName}`,
        kind: to === 'head' ? ModelAdaptationKind.HEAD : ModelAdaptationKind.CLASS_ORDER,
        classes: [...classes],
        // Another order is another request.
        requestId: classes.length > 0 ? newRequestId() : `${requestId}-${pair}`.slice(0, 64),
      }),
    onSuccess: async ({ model: adapted }, { to }) => {
      await client.invalidateQueries({ queryKey: ['model-list', model.projectId] });
      if (adapted !== undefined) onAdapted(adapted, to);
    },
  });
  if (kind === undefined && !canState) return null;
  const isListed = data.classNames.length <= MAX_LISTED_CLASSES;
  const isStating = canState && isListed && stated === pair;
  return (
    <Alert variant="light" p="sm">
      <Stack gap="xs">
        <Group justify="space-between" gap="md">
          <Text size="sm" style={{ flex: '1 1 240px' }}>
            {describeClasses(kind, { names, data })}
          </Text>
          <Group gap="xs">
            {canState && isListed && (
              <Button
                size="xs"
                variant="default"
                disabled={modelVersionId === null}
                aria-expanded={isStating}
                onClick={() => {
                  setStated(isStating ? '' : pair);
                }}
              >
                State the order
              </Button>
            )}
            {kind !== undefined && !isStating && (
              <Button
                size="xs"
                variant="default"
                loading={adapt.isPending}
                disabled={modelVersionId === null}
                onClick={() => {
                  adapt.mutate({ to: kind, classes: [] });
                }}
              >
                {kind === 'order' ? 'Use the order of the data' : 'Replace its last layer'}
              </Button>
            )}
          </Group>
        </Group>
        {isStating ? (
          <ClassOrderView
            key={pair}
            modelNames={names}
            classes={data.classNames}
            isPending={adapt.isPending}
            onState={(classes) => {
              adapt.mutate({ to: 'order', classes });
            }}
          />
        ) : (
          <Text size="xs" c="dimmed">
            {kind === 'order'
              ? 'Makes a new model with the same weights, whose outputs are in the order of the data.'
              : kind === 'head'
                ? 'Makes a new model with the same weights and a new last layer. Only this layer is trained, unless ' +
                  'you choose otherwise below.'
                : 'If its classes have another order, state it; otherwise go on.'}
            {canState &&
              !isListed &&
              ` The page lists at most ${MAX_LISTED_CLASSES} classes; state an order of more by ` +
                '`noema models adapt --classes`.'}
          </Text>
        )}
        {adapt.error !== null && <FaultView error={adapt.error} />}
      </Stack>
    </Alert>
  );
}

function describeClasses(
  kind: Kind | undefined,
  { names, data }: { readonly names: readonly string[]; readonly data: Pick<DatasetVersion, 'classNames'> },
): string {
  const classes = counted(data.classNames.length, 'class', 'classes');
  if (kind === 'order') return 'The model has the classes of the data in another order.';
  if (kind === 'head')
    return `The last layer of the model has other classes than the ${classes} of the data.`;
  return names.length > 0
    ? `The model has other names for its classes than the ${classes} of the data.`
    : `The model states no names of classes. Its numbers are taken in the order of the ${classes} of the data.`;
}
