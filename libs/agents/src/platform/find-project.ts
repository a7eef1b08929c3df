import type { Project } from '@noema/contracts/noema/workspace/v1/project';
import { DomainError } from '@noema/kernel';
import { unfence } from '../answer/fence.js';
import type { AgentContext } from '../tool.js';

const MAX_LISTED = 10;

/**
 * Returns the project with a name or id; without one the project of the server, the only one, or `default`. Throws
 * `not-found` PROJECT_NOT_FOUND.
 */
export async function findProject(
  { platform, project }: AgentContext,
  name: string | undefined,
): Promise<Project> {
  const { projects } = await platform.projects.listProjects({ pageSize: 1000 });
  const wanted =
    name === undefined ? (project ?? (projects.length === 1 ? projects[0]!.id : 'default')) : unfence(name);
  const found = projects.find(({ id, displayName }) => id === wanted || displayName === wanted);
  if (found !== undefined) return found;
  const known = projects.slice(0, MAX_LISTED).map(({ displayName }) => displayName);
  const names = known.join(', ') || 'none yet';
  throw new DomainError(
    'not-found',
    'PROJECT_NOT_FOUND',
    `there is no project "${wanted}"; name one of ${projects.length} as project: ${names}`,
  );
}
