import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  type ArtifactRef,
  displayName,
  DomainError,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type ProjectId,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { BundleStore } from '../bundle/bundle.store.js';
import { DataStore } from '../data/data.store.js';
import { packManifest } from '../data/manifest.packer.js';
import { wheelsWithoutBundle } from '../environment/environment.errors.js';
import type { Wheel } from '../environment/wheel.js';
import { WheelStore } from '../environment/wheel.store.js';
import { WorkspaceClient } from '../peers/workspace.client.js';
import { ProcessRunner } from '../runner/process-runner.js';
import { objectsHaveNoCode } from '../sample-object/sample-object.errors.js';
import { SampleObjectService } from '../sample-object/sample-object.service.js';
import { digestObjects } from '../sample-object/sample-object.js';
import { uploadHasNoCode } from '../upload/upload.errors.js';
import { UploadService } from '../upload/upload.service.js';
import { digestManifest } from '../upload/upload.js';
import { CheckTurns } from './check.turns.js';
import type { IntegrationReport } from '@noema/integration';
import { integrationNotFound, sourceMissing, sourceUnsupported } from './integration.errors.js';
import type {
  Integration,
  IntegrationCode,
  IntegrationDraft,
  IntegrationId,
  IntegrationSource,
} from './integration.js';
import { IntegrationRepository } from './integration.repository.js';

/** An integration whose samples come from no code. */
const WITHOUT_CODE = {
  modulePath: '',
  bundle: null,
  wheels: [],
  data: null,
  uploadId: null,
  hosts: [],
  secrets: [],
} satisfies Partial<IntegrationDraft>;

/** The integrations of a team. */
@Injectable()
export class IntegrationService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(IntegrationRepository) private readonly integrations: Port<IntegrationRepository>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(BundleStore) private readonly bundles: Pick<BundleStore, 'put' | 'mustExist'>,
    @Inject(WheelStore) private readonly wheels: Pick<WheelStore, 'mustExist'>,
    @Inject(DataStore) private readonly data: Pick<DataStore, 'mustExist'>,
    @Inject(UploadService) private readonly uploads: Pick<UploadService, 'getComplete'>,
    @Inject(SampleObjectService) private readonly objects: Pick<SampleObjectService, 'find'>,
    @Inject(WorkspaceClient) private readonly secrets: Port<WorkspaceClient>,
    @Inject(ProcessRunner) private readonly runner: Pick<ProcessRunner, 'load' | 'check'>,
    @Inject(CheckTurns) private readonly turns: CheckTurns,
  ) {}

  /** Keeps code for integrations to be made from. Throws `invalid` BUNDLE_INVALID. */
  async upload(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    await this.projects.mustExist(teamId, projectId);
    return this.bundles.put(teamId, projectId, content);
  }

  /** Loads what a new integration names, before anything is written. */
  async prepare(
    teamId: string,
    request: {
      readonly projectId: string;
      readonly displayName: string;
      readonly source: IntegrationSource;
      readonly wheels?: readonly Pick<Wheel, 'fileName' | 'sha256' | 'parts'>[];
    },
    signal: AbortSignal,
  ): Promise<IntegrationDraft> {
    const { source, projectId, wheels = [] } = request;
    if (source.kind === 'none') throw sourceMissing();
    if (source.kind === 'mapping') throw sourceUnsupported(source.kind);
    if (wheels.length > 0 && source.kind !== 'bundle' && source.kind !== 'module')
      throw wheelsWithoutBundle();
    await this.projects.mustExist(teamId, projectId);
    if (source.kind === 'upload') {
      const { id, manifest } = await this.uploads.getComplete(teamId, projectId, source.uploadId);
      return {
        ...WITHOUT_CODE,
        uploadId: id,
        digest: digestManifest(manifest),
        projectId: projectId as ProjectId,
        displayName: displayName(request.displayName.trim() || 'upload'),
      };
    }
    if (source.kind === 'objects') {
      const { source: objects, displayName: name } = await this.objects.find(teamId, projectId, source);
      return {
        ...WITHOUT_CODE,
        objects,
        digest: digestObjects(objects),
        projectId: projectId as ProjectId,
        displayName: displayName(request.displayName.trim() || name),
      };
    }
    const code = await this.findCode(teamId, projectId, source, wheels);
    const { name, ...loaded } = await this.turns.run(teamId, signal, () => this.runner.load(code, signal));
    return {
      ...code,
      uploadId: null,
      ...loaded,
      projectId: projectId as ProjectId,
      displayName: displayName(request.displayName.trim() || name),
    };
  }

  /** Code to run: a module, a bundle, or the manifest of data, which is stored as a bundle. */
  private async findCode(
    teamId: string,
    projectId: string,
    source: Extract<IntegrationSource, { kind: 'module' | 'bundle' | 'data' }>,
    wheels: readonly Pick<Wheel, 'fileName' | 'sha256' | 'parts'>[],
  ): Promise<Pick<IntegrationCode, 'modulePath' | 'bundle' | 'wheels' | 'data'>> {
    switch (source.kind) {
      case 'module':
        return {
          modulePath: source.modulePath,
          bundle: null,
          wheels: await this.wheels.mustExist(teamId, projectId, wheels),
          data: null,
        };
      case 'bundle':
        return {
          modulePath: '',
          bundle: await this.bundles.mustExist(teamId, projectId, source.bundle),
          wheels: await this.wheels.mustExist(teamId, projectId, wheels),
          data: null,
        };
      case 'data': {
        const data = await this.data.mustExist(teamId, projectId, source.parts);
        const packed = await packManifest(source.manifest, source.texts);
        const bundle = await this.bundles.put(teamId, projectId, packed);
        return { modulePath: '', bundle, wheels: [], data };
      }
    }
  }

  async create(teamId: string, draft: IntegrationDraft): Promise<Integration> {
    const integration = { ...draft, id: uuidv7() as IntegrationId, createTime: new Date() };
    await this.unitOfWork.run(teamId, () => this.integrations.insert(integration));
    return integration;
  }

  /** Throws `not-found` INTEGRATION_NOT_FOUND, also for another team's. */
  get(teamId: string, id: string): Promise<Integration> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.integrations, id, integrationNotFound));
  }

  async list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Integration>> {
    await this.projects.mustExist(teamId, projectId);
    return this.unitOfWork.run(teamId, () => this.integrations.list(projectId, query));
  }

  async delete(teamId: string, id: string): Promise<void> {
    const deleted =
      isUuid(id) && (await this.unitOfWork.run(teamId, () => this.integrations.delete(id as IntegrationId)));
    if (!deleted) throw integrationNotFound(id);
  }

  /**
   * Runs every handler on `samplesPerSplit` samples of each split; 16 for 0, at most 1000. Throws `exhausted`
   * CHECKS_BUSY.
   */
  async check(
    teamId: string,
    id: string,
    samplesPerSplit: number,
    signal: AbortSignal,
  ): Promise<IntegrationReport> {
    if (samplesPerSplit < 0)
      throw new DomainError(
        'invalid',
        'SAMPLES_INVALID',
        `samples_per_split ${samplesPerSplit} is negative; use 1 to 1000, or 0 for 16`,
      );
    const integration = await this.get(teamId, id);
    if (integration.uploadId !== null) throw uploadHasNoCode();
    if (integration.objects !== undefined) throw objectsHaveNoCode();
    const secrets = () => this.secrets.openSecrets(teamId, integration.secrets, `integration/${id}`);
    return this.turns.run(teamId, signal, () =>
      this.runner.check(
        integration,
        samplesPerSplit === 0 ? 16 : Math.min(samplesPerSplit, 1000),
        secrets,
        signal,
      ),
    );
  }
}
