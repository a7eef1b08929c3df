import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import type { PerceptionSpace } from '@noema/contracts/noema/activations/v1/perception_space';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { perceptionSpaces } from '../../api/clients.js';
import { activationSets } from '../../api/work-clients.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen } from '../../parts/states.js';
import { MOVING_MS } from './run.query.js';

/** The responses of an epoch of a run, and the spaces that samples can be near in. */
export interface Perception {
  readonly sets: readonly ActivationSet[];
  readonly spaces: readonly PerceptionSpace[];
}

/**
 * Activation sets of an epoch and perception spaces of its project; requested again while a set is being
 * made.
 */
export const usePerception = (projectId: string, runId: string, epoch: number | undefined) =>
  useQuery({
    queryKey: ['perception', projectId, runId, epoch],
    queryFn:
      epoch === undefined
        ? skipToken
        : async ({ signal }): Promise<Perception> => {
            const [sets, spaces] = await Promise.all([
              allPages(
                (pageToken) =>
                  activationSets.listActivationSets(
                    { projectId, runId, epoch, pageSize: 500, pageToken },
                    { signal },
                  ),
                (page) => page.activationSets,
              ),
              allPages(
                (pageToken) =>
                  perceptionSpaces.listPerceptionSpaces({ projectId, pageSize: 500, pageToken }, { signal }),
                (page) => page.perceptionSpaces,
              ),
            ]);
            return { sets, spaces };
          },
    refetchInterval: ({ state }) =>
      state.data?.sets.some((set) => jobIsOpen(set.state)) === true ? MOVING_MS : false,
  });

/** Starts making the responses of an epoch in a space. */
export function useMakeSet(projectId: string, runId: string, epoch: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (perceptionSpaceId: string) =>
      activationSets.createActivationSet({ projectId, runId, epoch, perceptionSpaceId }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['perception', projectId, runId, epoch] }),
  });
}

const RANKS = ['all', 'appearance', 'concept'];

/**
 * Spaces in the order people look for them: all, appearance, concept, the layers, then custom ones by name.
 */
export function orderedSpaces({ spaces, sets }: Perception): PerceptionSpace[] {
  const layers = sets[0]?.layers.map(({ name }) => `layer/${name}`) ?? [];
  const rank = ({ name }: PerceptionSpace): number => {
    const at = [...RANKS, ...layers].indexOf(name);
    return at < 0 ? 1_000 : at;
  };
  return [...spaces].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** The set of the space of that name; undefined when it was not made. */
export function findSet({ sets, spaces }: Perception, spaceName: string): ActivationSet | undefined {
  const space = spaces.find(({ name }) => name === spaceName);
  return sets.find(({ perceptionSpaceId }) => perceptionSpaceId === space?.id);
}

/** A set that can be asked. */
export const isReady = (set: ActivationSet | undefined): set is ActivationSet =>
  set?.state === JobState.SUCCEEDED;
