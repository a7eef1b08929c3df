import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import type { ServiceClients } from '@noema/host';
import type { Projects } from '../domain/activation-set.ports.js';

/** The projects of the team, asked of the workspace service. */
export class WorkspaceProjects implements Projects {
  constructor(private readonly clients: ServiceClients) {}

  async mustExist(teamId: string, projectId: string): Promise<void> {
    await this.clients.of(ProjectService, teamId).getProject({ projectId });
  }
}
