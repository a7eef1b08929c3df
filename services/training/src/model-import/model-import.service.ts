import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, WorkspaceProjects } from '@noema/host';
import {
  type ArtifactRef,
  displayName as checkedName,
  findOrThrow,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { TrainingConfig } from '../config.js';
import { modelNameTaken, modelNotFound } from '../model/model.errors.js';
import { ModelRepository } from '../model/model.repository.js';
import { ModelFileReader } from './model-file.reader.js';
import { ModelFileStore } from './model-file.store.js';
import {
  fileTooLarge,
  formatUnsupported,
  layersOfVersion,
  preprocessingOfVersion,
  partEmpty,
  partMissing,
  partsMissing,
  partTooLarge,
  tokenizersInvalid,
  tokenizersOfVersion,
  tooManyParts,
} from './model-import.errors.js';
import { ModelImportQueue } from './model-import.queue.js';
import type { InputTokenizer, ModelFile, ModelImport, TokenizerFile } from './model-import.js';

const MAX_PART = 4 * 2 ** 20;
const MAX_PARTS = 1024;
const MAX_TOKENIZER_BYTES = 64 * 2 ** 20;

const countBytes = (parts: readonly ArtifactRef[]): number =>
  parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/**
 * Uploads and imports of models: what can be refused at once is refused here, the file itself is read by a
 * worker.
 */
@Injectable()
export class ModelImportService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ModelRepository) private readonly models: Pick<ModelRepository, 'find' | 'hasName'>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
    @Inject(ModelFileStore) private readonly files: Pick<ModelFileStore, 'keepPart' | 'findPart'>,
    @Inject(ModelFileReader) private readonly reader: Pick<ModelFileReader, 'formats'>,
    @Inject(ModelImportQueue) private readonly queue: Port<ModelImportQueue>,
    @Inject(SETTINGS) private readonly settings: Pick<TrainingConfig, 'importBytes'>,
  ) {}

  /** Throws `invalid` MODEL_PART_EMPTY, MODEL_PART_TOO_LARGE. */
  async upload(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    if (content.length === 0) throw partEmpty();
    if (content.length > MAX_PART) throw partTooLarge(content.length, MAX_PART);
    await this.projects.mustExist(teamId, projectId);
    return this.files.keepPart({ teamId, projectId }, content);
  }

  /** A new model out of a file, checked as far as it goes without reading it. */
  async prepare(
    teamId: string,
    { projectId, displayName, file }: Pick<ModelImport, 'projectId' | 'displayName' | 'file'>,
  ): Promise<ModelImport> {
    const name = checkedName(displayName);
    await this.projects.mustExist(teamId, projectId);
    if (await this.unitOfWork.run(teamId, () => this.models.hasName(projectId, name)))
      throw modelNameTaken(name);
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
    const model = await this.unitOfWork.run(teamId, () => findOrThrow(this.models, modelId, modelNotFound));
    if ((file.layers ?? []).length > 0) throw layersOfVersion();
    if (file.preprocessing !== undefined) throw preprocessingOfVersion();
    if (file.tokenizers !== undefined) throw tokenizersOfVersion();
    return {
      projectId: model.projectId,
      displayName: '',
      modelId,
      modelVersionId: uuidv7(),
      file: await this.checked(teamId, model.projectId, file),
    };
  }

  /** Queues a prepared import, in the ambient transaction of the team, and returns the id of its job. */
  start(teamId: string, order: ModelImport): Promise<string> {
    return this.queue.queue(teamId, order);
  }

  private async checked(teamId: string, projectId: string, file: ModelFile): Promise<ModelFile> {
    const { formats } = this.reader;
    const { importBytes } = this.settings;
    if (file.format !== '' && !formats.includes(file.format)) throw formatUnsupported(file.format, formats);
    if (file.parts.length === 0) throw partsMissing();
    if (file.parts.length > MAX_PARTS) throw tooManyParts(file.parts.length, MAX_PARTS);
    const owner = { teamId, projectId };
    const parts = await this.stored(owner, file.parts);
    if (countBytes(parts) > importBytes) throw fileTooLarge(countBytes(parts), importBytes);
    if (file.tokenizers === undefined) return { ...file, parts };
    const tokenizers: InputTokenizer[] = [];
    for (const { input, files } of file.tokenizers) {
      const found: TokenizerFile[] = [];
      for (const { name, parts: own } of files) {
        if (own.length > MAX_PARTS) throw tooManyParts(own.length, MAX_PARTS);
        found.push({ name, parts: await this.stored(owner, own) });
      }
      const bytes = countBytes(found.flatMap((one) => one.parts));
      if (bytes === 0 || bytes > MAX_TOKENIZER_BYTES)
        throw tokenizersInvalid(
          `has ${bytes} bytes for input "${input.slice(0, 100)}"; give 1 to ${MAX_TOKENIZER_BYTES}`,
        );
      tokenizers.push({ input, files: found });
    }
    return { ...file, parts, tokenizers };
  }

  /** Returns the stored parts. Throws `not-found` MODEL_PART_NOT_FOUND. */
  private async stored(
    owner: { readonly teamId: string; readonly projectId: string },
    parts: readonly ArtifactRef[],
  ): Promise<ArtifactRef[]> {
    const found: ArtifactRef[] = [];
    for (const part of parts) {
      const one = await this.files.findPart(owner, part);
      if (one === undefined) throw partMissing(part.uri);
      found.push(one);
    }
    return found;
  }
}
