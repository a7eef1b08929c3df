import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { DomainError } from '@noema/kernel';
import { type Peer, peer } from './peers.js';

/** A fake of the projects of the workspace service; `projects` has the team of each project id. */
export const projectPeer = (projects: Readonly<Record<string, string>>): Peer =>
  peer(ProjectService, {
    getProject: ({ projectId }, { principal }) => {
      if (projects[projectId] !== principal.teamId)
        throw new DomainError('not-found', 'PROJECT_NOT_FOUND', `there is no project ${projectId}`);
      return { project: { id: projectId } };
    },
  });
