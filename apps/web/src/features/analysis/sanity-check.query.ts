import type { SanityCheck } from '@noema/contracts/noema/explanations/v1/sanity_check';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { sanityChecks } from '../../api/explaining-clients.js';
import { jobIsOpen } from '../../parts/states.js';
import { MOVING_MS } from '../runs/run.query.js';

/** The weights that a check is of. */
export interface CheckedEpoch {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
}

/**
 * The newest sanity check of an epoch of a run; null when there is none. Requested again while it is being
 * made.
 */
export const useSanityCheck = ({ projectId, runId, epoch }: CheckedEpoch) =>
  useQuery({
    queryKey: ['sanity-check', runId, epoch],
    queryFn: async ({ signal }): Promise<SanityCheck | null> => {
      const { sanityChecks: found } = await sanityChecks.listSanityChecks(
        { projectId, runId, pageSize: 1_000 },
        { signal },
      );
      return found.find((check) => check.epoch === epoch) ?? null;
    },
    refetchInterval: ({ state }) =>
      state.data !== undefined && state.data !== null && jobIsOpen(state.data.state) ? MOVING_MS : false,
  });

/** Starts the check of an epoch. */
export function useStartSanityCheck({ projectId, runId, epoch }: CheckedEpoch) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sanityChecks.createSanityCheck({ projectId, runId, epoch }),
    onSuccess: ({ sanityCheck }) => {
      client.setQueryData(['sanity-check', runId, epoch], sanityCheck ?? null);
    },
  });
}
