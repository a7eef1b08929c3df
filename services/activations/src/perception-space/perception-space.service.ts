import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { perceptionSpaceInvalid, perceptionSpaceNotFound } from './perception-space.errors.js';
import {
  BUILT_IN_SPACES,
  builtInSpace,
  customSpace,
  type LayerWeight,
  type PerceptionSpace,
} from './perception-space.js';
import { PerceptionSpaceRepository } from './perception-space.repository.js';

/** Perception spaces of a project: the built-in spaces and the spaces that users create. */
@Injectable()
export class PerceptionSpaceService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(PerceptionSpaceRepository) private readonly spaces: Port<PerceptionSpaceRepository>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
  ) {}

  /** Throws `not-found` for a project that is not the team's. */
  async create(
    teamId: string,
    space: { projectId: string; name: string; layerWeights: readonly LayerWeight[]; maxDimensions: number },
  ): Promise<PerceptionSpace> {
    if (!isUuid(space.projectId))
      throw perceptionSpaceInvalid('project_id', `"${space.projectId}" is no id of a project`);
    const made = customSpace({ ...space, id: uuidv7() });
    await this.projects.mustExist(teamId, space.projectId);
    return this.unitOfWork.run(teamId, async () => {
      await this.ensureBuiltIn(space.projectId);
      return this.spaces.insert(made);
    });
  }

  /** Throws `not-found`, also for a space of another team. */
  get(teamId: string, id: string): Promise<PerceptionSpace> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.spaces, id, perceptionSpaceNotFound));
  }

  /** The space of a project by id or by name. Throws `not-found`. */
  resolve(teamId: string, projectId: string, idOrName: string): Promise<PerceptionSpace> {
    return this.unitOfWork.run(teamId, async () => {
      await this.ensureBuiltIn(projectId);
      const space = isUuid(idOrName)
        ? await this.spaces.find(idOrName)
        : await this.spaces.findByName(projectId, idOrName);
      if (space?.projectId !== projectId) throw perceptionSpaceNotFound(idOrName);
      return space;
    });
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<PerceptionSpace>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.spaces.list(projectId, query));
  }

  /** Adds the spaces that every project has, and one for each layer. */
  ensureBuiltIn(projectId: string, layers: readonly string[] = []): Promise<void> {
    return this.spaces.ensure(
      [...BUILT_IN_SPACES, ...layers.map((name) => `layer/${name}`)].map((name) =>
        builtInSpace(projectId, name),
      ),
    );
  }
}
