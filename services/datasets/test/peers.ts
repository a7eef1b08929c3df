import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { DomainError } from '@noema/kernel';
import { type Peer, peer } from '@noema/testing';

/** Stands in for the workspace service: it knows which team has which project. */
export const workspaceWith = (projects: Readonly<Record<string, string>>): Peer => peer(ProjectService, {
  getProject: ({ projectId }, { principal }) => {
    if (projects[projectId] !== principal.teamId) throw new DomainError('not-found', 'PROJECT_NOT_FOUND', `there is no project ${projectId}`);
    return { project: { id: projectId } };
  },
});
