import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import { DomainError } from '@noema/kernel';
import type { Noema } from '../noema.js';
import { faultError } from './watch-job.js';

interface ResponsesQuery {
  readonly projectId: string;
  readonly runId: string;
  /** The run as the user named it. */
  readonly run: string;
  /** Epoch; default: the last with responses. */
  readonly epoch: number | undefined;
}

/**
 * Finds the responses of a run. Throws the fault with which they failed, where they did, and `not-found`
 * RESPONSES_NOT_FOUND while there are none.
 */
export async function findResponses(
  activationSets: Pick<Noema['activationSets'], 'listActivationSets'>,
  { projectId, runId, run, epoch }: ResponsesQuery,
): Promise<ActivationSet> {
  const at = epoch === undefined ? '' : ` at epoch ${epoch}`;
  for (const state of ['SUCCEEDED', 'FAILED'] as const) {
    const { activationSets: sets } = await activationSets.listActivationSets({
      projectId,
      runId,
      ...(epoch !== undefined && { epoch }),
      filter: `state = JOB_STATE_${state}`,
      orderBy: 'epoch desc',
      pageSize: 1,
    });
    const [set] = sets;
    if (set !== undefined && state === 'FAILED')
      throw faultError(set.fault, `the responses of epoch ${set.epoch} of the run "${run}" failed`);
    if (set !== undefined) return set;
  }
  throw new DomainError(
    'not-found',
    'RESPONSES_NOT_FOUND',
    `the run "${run}" has no responses${at} yet; \`noema runs watch\` shows how far it is`,
  );
}
