import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import type { ServiceClients } from './service-clients.js';

/** Queries the workspace service for the projects of a team. */
export class WorkspaceProjects {
  constructor(private readonly clients: ServiceClients) {}

  /** Throws `not-found` PROJECT_NOT_FOUND, also for a project of another team. */
  async mustExist(teamId: string, projectId: string): Promise<void> {
    await this.clients.of(ProjectService, teamId).getProject({ projectId });
  }
}
