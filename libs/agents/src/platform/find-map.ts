import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { sentence } from '../answer/fence.js';
import { NothingYet } from '../answer/nothing-yet.js';
import type { AgentContext } from '../tool.js';

/** Returns the automatic map of an epoch; epoch 0 is the last one with a map. Throws NothingYet. */
export async function findMap({ platform }: AgentContext, run: Run, epoch: number): Promise<Exploration> {
  const { explorations } = await platform.explorations.listExplorations({
    projectId: run.projectId,
    runId: run.id,
    ...(epoch > 0 && { epoch }),
    filter: 'automatic = true AND state = JOB_STATE_SUCCEEDED',
    orderBy: 'epoch desc',
    pageSize: 1,
  });
  const found = explorations[0];
  if (found !== undefined) return found;
  throw new NothingYet({
    reason: sentence`the run ${run.displayName} has no finished map of epoch ${epoch > 0 ? epoch : run.epochsDone}`,
    next_step:
      'call jobs until the maps are ready, or name another epoch; find {"kind": "maps"} lists all maps',
  });
}
