import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { DomainError } from '@noema/kernel';
import { type Peer, peer } from '@noema/testing';

/** Stands in for the workspace service: it knows which team has which project. */
export const workspaceWith = (projects: Readonly<Record<string, string>>): Peer =>
  peer(ProjectService, {
    getProject: ({ projectId }, { principal }) => {
      if (projects[projectId] !== principal.teamId)
        throw new DomainError('not-found', 'PROJECT_NOT_FOUND', `there is no project ${projectId}`);
      return { project: { id: projectId } };
    },
  });

/** Stands in for the workspace service: secrets of teams, by team and name, and who opened what for what. */
export const secretsWith = (
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
  opened: string[] = [],
): Peer =>
  peer(SecretService, {
    openSecret: ({ name, purpose }, { principal }) => {
      const value = secrets[principal.teamId]?.[name];
      if (value === undefined)
        throw new DomainError('not-found', 'SECRET_NOT_FOUND', `there is no secret ${name}`);
      opened.push(`${name} for ${purpose.split('/')[0]}`);
      return { secret: { name }, value };
    },
  });
