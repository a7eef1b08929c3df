import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useQuery } from '@tanstack/react-query';
import { explorations } from '../../api/clients.js';
import { activationSets } from '../../api/work-clients.js';
import { toMs } from '../../parts/instants.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen, runIsOpen } from '../../parts/states.js';
import { MOVING_MS } from '../../features/runs/run.query.js';

/** Artifacts of the epochs of a run. */
export interface Lineage {
  readonly sets: readonly ActivationSet[];
  readonly maps: readonly Exploration[];
}

/**
 * How long after an epoch its map is waited for when nothing says that one is being made, in milliseconds.
 */
const PATIENCE_MS = 90_000;

/** The activation sets and maps of all epochs of a run; requested again while some are still being made. */
export const useLineage = (run: Run) =>
  useQuery({
    queryKey: ['run-lineage', run.id],
    queryFn: async ({ signal }): Promise<Lineage> => {
      const of = { projectId: run.projectId, runId: run.id, pageSize: 500 };
      const [sets, maps] = await Promise.all([
        allPages(
          (pageToken) => activationSets.listActivationSets({ ...of, pageToken }, { signal }),
          (page) => page.activationSets,
        ),
        allPages(
          (pageToken) => explorations.listExplorations({ ...of, pageToken }, { signal }),
          (page) => page.explorations,
        ),
      ]);
      return { sets, maps };
    },
    refetchInterval: ({ state }) => (state.data !== undefined && moves(run, state.data) ? MOVING_MS : false),
  });

function moves(run: Run, { sets, maps }: Lineage): boolean {
  if (runIsOpen(run.state) || [...sets, ...maps].some(({ state }) => jobIsOpen(state))) return true;
  const mapped = new Set(maps.map(({ epoch }) => epoch));
  return mapped.size < run.epochsDone && Date.now() - (toMs(run.endTime) ?? 0) < PATIENCE_MS;
}
