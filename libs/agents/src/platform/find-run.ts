import type { Run } from '@noema/contracts/noema/training/v1/run';
import { DomainError, isUuid } from '@noema/kernel';
import { formatText } from '@noema/kernel/filter-language';
import { sentence, unfence } from '../answer/fence.js';
import { NothingYet } from '../answer/nothing-yet.js';
import type { AgentContext } from '../tool.js';
import { findProject } from './find-project.js';

export interface RunQuery {
  readonly project?: string | undefined;
  readonly run: string;
}

/**
 * Returns a run by id, or by name the newest one of the project; `latest` is the newest that succeeded. Throws
 * `not-found` RUN_NOT_FOUND, NothingYet for the latest of none.
 */
export async function findRun(context: AgentContext, { project, run }: RunQuery): Promise<Run> {
  const name = unfence(run);
  const { runs } = context.platform;
  if (isUuid(name)) return (await runs.getRun({ runId: name })).run!;
  const { id, displayName } = await findProject(context, project);
  const isLatest = name === 'latest';
  const page = await runs.listRuns({
    projectId: id,
    filter: isLatest ? 'state = RUN_STATE_SUCCEEDED' : `display_name = ${formatText(name)}`,
    orderBy: 'create_time desc',
    pageSize: 1,
  });
  const found = page.runs[0];
  if (found !== undefined) return found;
  if (isLatest)
    throw new NothingYet({
      reason: sentence`no run of the project ${displayName} has succeeded, so there are no predictions`,
      next_step:
        'call jobs for runs that wait or run, find {"kind": "runs"} for runs that failed, or name another ' +
        'project',
    });
  throw new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `no run of the project "${displayName}" has the name or id "${name}"; list them with find {"kind": ` +
      `"runs"}`,
  );
}
