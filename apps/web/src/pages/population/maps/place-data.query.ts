import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explorations } from '../../../api/clients.js';
import { activationSets } from '../../../api/work-clients.js';
import { follow } from './make-map.query.js';

interface PlacementRequest {
  readonly datasetVersionId: string;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

/**
 * Asks for the samples of other data in a map: first how the model answers to them, then their places. It
 * resolves with the id of the map that shows both when that is on its way, or there.
 */
export function usePlaceData(projectId: string, map: Exploration) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ datasetVersionId, signal, onStep }: PlacementRequest): Promise<string> => {
      onStep('Computing the responses to the samples');
      const { activationSet, job } = await activationSets.projectActivationSet(
        { activationSetId: map.activationSetId, datasetVersionId },
        { signal },
      );
      if (activationSet?.state !== JobState.SUCCEEDED && job !== undefined)
        await follow('activations', job.id, signal, onStep);
      onStep('Placing the samples');
      const { exploration } = await explorations.projectExploration(
        { explorationId: map.id, activationSetId: activationSet?.id ?? '' },
        { signal },
      );
      await client.invalidateQueries({ queryKey: ['placedMaps', projectId, map.id] });
      return exploration?.id ?? '';
    },
  });
}

const shapes = ({ inputs }: Pick<DatasetVersion, 'inputs'>): string =>
  inputs.map(({ dims }) => dims.join(' × ') || '1').join(', ');

/** Why the samples of a version cannot be placed in a map of another; `undefined` where they can. */
export function notPlaceable(
  version: Pick<DatasetVersion, 'id' | 'inputs' | 'sampleCount'>,
  own: Pick<DatasetVersion, 'id' | 'inputs'>,
): string | undefined {
  if (version.id === own.id) return 'the data of this map';
  if (version.sampleCount === 0) return 'no samples';
  return shapes(version) === shapes(own) ? undefined : `other inputs: ${shapes(version)}`;
}
