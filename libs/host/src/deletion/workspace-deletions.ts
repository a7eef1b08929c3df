import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { DomainError } from '@noema/kernel';
import type { ServiceClients } from '../service-clients.js';

/** A team or project that an event reports as deleted. */
export interface Deletion {
  readonly kind: 'team' | 'project';
  readonly id: string;
  readonly teamId: string;
}

/**
 * Confirms deletions with the workspace service, which owns teams and projects. Any client of the bus could
 * publish such an event.
 */
export class WorkspaceDeletions {
  constructor(private readonly clients: () => ServiceClients) {}

  /** True if the workspace no longer has it. Throws if the workspace does not respond. */
  async isDeleted({ kind, id, teamId }: Deletion): Promise<boolean> {
    const clients = this.clients();
    try {
      if (kind === 'team') await clients.of(TeamService, teamId).getTeam({ teamId });
      else await clients.of(ProjectService, teamId).getProject({ projectId: id });
      return false;
    } catch (error) {
      if (error instanceof DomainError && GONE.has(error.reason)) return true;
      throw error;
    }
  }
}

const GONE: ReadonlySet<string> = new Set(['TEAM_NOT_FOUND', 'PROJECT_NOT_FOUND']);
