import { Inject } from '@nestjs/common';
import { ProjectSchema } from '@noema/contracts/noema/workspace/v1/project';
import {
  type CreateProjectRequest,
  type DeleteProjectRequest,
  type GetProjectRequest,
  type ListProjectsRequest,
  ProjectService as Service,
  type UpdateProjectRequest,
} from '@noema/contracts/noema/workspace/v1/project_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { projectMessage } from './project.mapper.js';
import { ProjectService } from './project.service.js';

/** Serves noema.workspace.v1.ProjectService. */
@GrpcService(Service)
export class ProjectController implements Handlers<typeof Service> {
  constructor(
    @Inject(ProjectService) private readonly projects: ProjectService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createProject(req: CreateProjectRequest, ctx: CallContext) {
    return this.commands.run(ctx, req, async () => ({
      project: projectMessage(await this.projects.create(ctx.principal, req)),
    }));
  }

  async getProject(req: GetProjectRequest, { principal }: CallContext) {
    return { project: projectMessage(await this.projects.get(principal, req.projectId)) };
  }

  async listProjects(req: ListProjectsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.projects.list(principal, req);
    return { projects: items.map(projectMessage), nextPageToken };
  }

  async updateProject(req: UpdateProjectRequest, { principal }: CallContext) {
    const change = parseChanges(ProjectSchema, req.project, req.updateMask, ['displayName', 'description']);
    return { project: projectMessage(await this.projects.update(principal, req.project?.id ?? '', change)) };
  }

  async deleteProject(req: DeleteProjectRequest, { principal }: CallContext) {
    await this.projects.delete(principal, req.projectId);
    return {};
  }
}
