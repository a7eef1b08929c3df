import { type ArtifactRef, displayName as checkedName, isUuid, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { modelNameTaken, modelNotFound } from '../model/model.errors.js';
import type { ModelRepository, Projects } from '../model/model.ports.js';
import type { ModelFile, ModelImport } from './model-import.js';
import {
  fileTooLarge,
  formatUnsupported,
  layersOfVersion,
  partEmpty,
  partMissing,
  partsMissing,
  partTooLarge,
  tooManyParts,
} from './model-import.errors.js';
import type { ImportJobs, ModelFiles, ModelReader } from './model-import.ports.js';

const MAX_PART = 4 * 2 ** 20;
const MAX_PARTS = 1024;

export interface ImportPorts {
  readonly work: UnitOfWork;
  readonly models: ModelRepository;
  readonly projects: Projects;
  readonly files: ModelFiles;
  readonly reader: Pick<ModelReader, 'formats'>;
  readonly jobs: ImportJobs;
  /** Bytes of one file. */
  readonly mostBytes: number;
}

/**
 * Uploads and imports of models: what can be refused at once is refused here, the file itself is read by a
 * worker.
 */
export class ModelImports {
  constructor(private readonly ports: ImportPorts) {}

  /** Throws `invalid` MODEL_PART_EMPTY, MODEL_PART_TOO_LARGE. */
  async upload(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    if (content.length === 0) throw partEmpty();
    if (content.length > MAX_PART) throw partTooLarge(content.length, MAX_PART);
    await this.ports.projects.mustExist(teamId, projectId);
    return this.ports.files.keepPart({ teamId, projectId }, content);
  }

  /** A new model out of a file, checked as far as it goes without reading it. */
  async prepare(
    teamId: string,
    { projectId, displayName, file }: Pick<ModelImport, 'projectId' | 'displayName' | 'file'>,
  ): Promise<ModelImport> {
    const name = checkedName(displayName);
    const { work, models, projects } = this.ports;
    await projects.mustExist(teamId, projectId);
    if (await work.run(teamId, () => models.hasName(projectId, name))) throw modelNameTaken(name);
    return {
      projectId,
      displayName: name,
      modelId: uuidv7(),
      modelVersionId: uuidv7(),
      file: await this.checked(teamId, projectId, file),
    };
  }

  /** A further version of a model out of a file. Throws `not-found` MODEL_NOT_FOUND. */
  async prepareVersion(teamId: string, modelId: string, file: ModelFile): Promise<ModelImport> {
    const model = isUuid(modelId)
      ? await this.ports.work.run(teamId, () => this.ports.models.find(modelId))
      : undefined;
    if (model === undefined) throw modelNotFound(modelId);
    if ((file.layers ?? []).length > 0) throw layersOfVersion();
    return {
      projectId: model.projectId,
      displayName: '',
      modelId,
      modelVersionId: uuidv7(),
      file: await this.checked(teamId, model.projectId, file),
    };
  }

  /** Queues a prepared import, in the ambient transaction of the team, and gives the id of its job. */
  start(teamId: string, order: ModelImport): Promise<string> {
    return this.ports.jobs.start(teamId, order);
  }

  private async checked(teamId: string, projectId: string, file: ModelFile): Promise<ModelFile> {
    const { files, reader, mostBytes } = this.ports;
    if (file.format !== '' && !reader.formats.includes(file.format))
      throw formatUnsupported(file.format, reader.formats);
    if (file.parts.length === 0) throw partsMissing();
    if (file.parts.length > MAX_PARTS) throw tooManyParts(file.parts.length, MAX_PARTS);
    const parts: ArtifactRef[] = [];
    for (const part of file.parts) {
      const found = await files.findPart({ teamId, projectId }, part);
      if (found === undefined) throw partMissing(part.uri);
      parts.push(found);
    }
    const bytes = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (bytes > mostBytes) throw fileTooLarge(bytes, mostBytes);
    return { ...file, parts };
  }
}
