import { Stack, Text } from '@mantine/core';
import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import type { PerceptionSpace } from '@noema/contracts/noema/activations/v1/perception_space';
import { IconTopologyStar3 } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { JobProgressView } from '../jobs/job-progress.view.js';
import { ActionView } from '../../parts/action.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { useRights } from '../../parts/role.query.js';
import { useMakeSet } from '../runs/perception.query.js';

/**
 * The view of a space whose perception vectors were not made yet: a way to make them, and how far that is.
 */
export function MissingSetView({
  projectId,
  runId,
  epoch,
  set,
  space,
}: {
  projectId: string;
  runId: string;
  epoch: number;
  set: ActivationSet | undefined;
  space: PerceptionSpace | undefined;
}) {
  const client = useQueryClient();
  const make = useMakeSet(projectId, runId, epoch);
  const { noEdit } = useRights();
  if (set !== undefined)
    return (
      <JobProgressView
        key={set.jobId}
        service="activations"
        jobId={set.jobId}
        title={`Perception vectors of ${space?.name ?? 'the space'}`}
        onEnd={() => {
          void client.invalidateQueries({ queryKey: ['perception', projectId, runId, epoch] });
        }}
      />
    );
  if (space === undefined)
    return (
      <EmptyView icon={<IconTopologyStar3 />} title="No such perception space">
        The address names a space that the project does not have. Choose another above.
      </EmptyView>
    );
  return (
    <EmptyView icon={<IconTopologyStar3 />} title={`No vectors of ${space.name} after epoch ${epoch} yet`}>
      <Stack align="center" gap="sm">
        <Text size="sm">
          Samples are near each other in a perception space. The vectors of this space have not been computed
          for this epoch; computing them uses the responses that are stored.
        </Text>
        <ActionView
          off={noEdit}
          loading={make.isPending}
          onClick={() => {
            make.mutate(space.id);
          }}
        >
          Make them
        </ActionView>
        {make.error !== null && <FaultView error={make.error} />}
      </Stack>
    </EmptyView>
  );
}
