import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import type { ServiceClients } from './service-clients.js';

/** The projects of a team, asked of the workspace service. */
export class WorkspaceProjects {
  constructor(private readonly clients: ServiceClients) {}

  /** Throws `not-found` PROJECT_NOT_FOUND, also for a project of another team. */
  async mustExist(teamId: string, projectId: string): Promise<void> {
    await this.clients.of(ProjectService, teamId).getProject({ projectId });
  }
}
