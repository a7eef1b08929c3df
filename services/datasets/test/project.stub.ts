import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { type CallContext, GrpcModule, GrpcService, type Handlers } from '@noema/grpc';
import { defineService, processSettings, serverSettings } from '@noema/host';
import { DomainError } from '@noema/kernel';
import { z } from 'zod';

const notHere = (): never => { throw new DomainError('unsupported', 'NOT_HERE', 'the workspace of this test only knows projects by id'); };

/** Stands in for the workspace service: a real server that knows which team has which project. */
export function workspaceWith(projects: Readonly<Record<string, string>>) {
  @GrpcService(ProjectService)
  class ProjectController implements Handlers<typeof ProjectService> {
    getProject({ projectId }: { projectId: string }, { principal }: CallContext) {
      if (projects[projectId] !== principal.teamId) throw new DomainError('not-found', 'PROJECT_NOT_FOUND', `there is no project ${projectId}`);
      return { project: { id: projectId } };
    }
    createProject = notHere;
    listProjects = notHere;
    updateProject = notHere;
    deleteProject = notHere;
  }
  class WorkspaceModule {}
  return defineService({
    name: 'workspace', settings: z.object({ ...processSettings.shape, ...serverSettings.shape }), migrations: [],
    app: (host) => ({ module: WorkspaceModule, imports: [GrpcModule.register({ address: '127.0.0.1:0', verifier: host.verifier(), logger: host.logger, drainMs: 100, maxConnectionAgeMs: 300_000 })], providers: [ProjectController] }),
  });
}
