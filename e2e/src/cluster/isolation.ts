import { PersistentCaller } from './persistent-caller.js';
import type { TeamMember } from './running-cluster.js';

const PATIENCE_MS = 60_000;

/**
 * Foreign resources that a team sees: resources in its lists that others made, and resources of others that
 * it gets by their ids.
 */
export async function seenOfOthers(
  teams: readonly TeamMember[],
  projects: ReadonlyMap<string, string>,
): Promise<string[]> {
  const seen: string[] = [];
  /** Who owns a project: the team that made it here, or else the first that lists it. */
  const owners = new Map([...projects].map(([team, project]) => [project, team]));
  for (const team of teams) {
    const caller = new PersistentCaller(team.rest, PATIENCE_MS);
    const listed = ((await caller.get('/v1/projects?page_size=1000'))['projects'] ?? []) as { id: string }[];
    for (const { id } of listed) {
      const owner = owners.get(id) ?? team.name;
      owners.set(id, owner);
      if (owner !== team.name) seen.push(`team ${team.name} lists project ${id} of team ${owner}`);
    }
    for (const [other, project] of projects) {
      if (other === team.name) continue;
      for (const noun of [
        'runs',
        'dataset-versions',
        'activation-sets',
        'explorations',
        'analyses',
        'indexes',
      ]) {
        const { status, body } = await team.rest.get(`/v1/projects/${project}/${noun}`);
        const empty =
          status === 200 &&
          Object.values(body).every((value) => value === '' || (Array.isArray(value) && value.length === 0));
        if (status !== 404 && status !== 503 && !empty)
          seen.push(`team ${team.name} is answered ${status} for the ${noun} of team ${other}`);
      }
    }
  }
  return seen;
}
