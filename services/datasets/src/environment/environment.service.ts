import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import type { ArtifactRef, Port, UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { IntegrationRepository } from '../integration/integration.repository.js';
import { wheelHashesTooMany } from './environment.errors.js';
import { PYTHON_INTERPRETER, type PythonDescription } from './python.description.js';
import { WheelStore } from './wheel.store.js';

/** Age after which a part that no integration names may be deleted before an integration names it. */
const FRESH_MS = 12 * 3_600_000;
/** Hashes of one request. */
const MAX_HASHES = 2_000;

/** Serves clients that send the environment of an integration. */
@Injectable()
export class EnvironmentService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(IntegrationRepository)
    private readonly integrations: Pick<IntegrationRepository, 'listNamedParts'>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(WheelStore) private readonly wheels: Pick<WheelStore, 'put' | 'find'>,
    @Inject(PYTHON_INTERPRETER) private readonly python: () => Promise<PythonDescription>,
  ) {}

  /** The interpreter that wheels have to fit. Throws `precondition` INTEGRATION_RUNTIME_UNAVAILABLE. */
  async describe(teamId: string, projectId: string): Promise<PythonDescription> {
    await this.projects.mustExist(teamId, projectId);
    return this.python();
  }

  /** Stores a part of a wheel. Throws `invalid` WHEEL_PART_INVALID. */
  async addPart(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    await this.projects.mustExist(teamId, projectId);
    return this.wheels.put(teamId, projectId, content);
  }

  /** The parts of these hashes that need not be sent again. Throws `invalid` WHEEL_HASHES_TOO_MANY. */
  async findParts(teamId: string, projectId: string, hashes: readonly string[]): Promise<ArtifactRef[]> {
    if (hashes.length > MAX_HASHES) throw wheelHashesTooMany(hashes.length, MAX_HASHES);
    await this.projects.mustExist(teamId, projectId);
    const found = await this.wheels.find(teamId, projectId, hashes);
    const named = await this.unitOfWork.run(teamId, () =>
      this.integrations.listNamedParts(
        projectId,
        found.map(({ part }) => part.uri),
      ),
    );
    const oldest = Date.now() - FRESH_MS;
    return found
      .filter(({ part, modifiedAt }) => modifiedAt.getTime() > oldest || named.has(part.uri))
      .map(({ part }) => part);
  }
}
