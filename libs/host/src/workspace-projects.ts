import { Inject, Injectable } from '@nestjs/common';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { ServiceClients } from './service-clients.js';

/** Queries the workspace service for the projects of a team. */
@Injectable()
export class WorkspaceProjects {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Throws `not-found` PROJECT_NOT_FOUND, also for a project of another team. */
  async mustExist(teamId: string, projectId: string): Promise<void> {
    await this.clients.of(ProjectService, teamId).getProject({ projectId });
  }
}
