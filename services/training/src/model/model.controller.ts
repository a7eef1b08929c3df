import { Inject } from '@nestjs/common';
import { artifactRefMessage } from '@noema/contracts';
import { ModelSchema } from '@noema/contracts/noema/training/v1/model';
import {
  type AdaptModelRequest,
  type CreateModelRequest,
  type DeleteModelRequest,
  ExportFormat,
  type ExportModelVersionRequest,
  type GetModelRequest,
  type GetModelVersionRequest,
  type ImportModelRequest,
  type ImportModelVersionRequest,
  type ListLayersRequest,
  type ListModelLimitsRequest,
  type ListModelsRequest,
  type ListModelVersionsRequest,
  type ListWeightStatisticsRequest,
  ModelService as Service,
  type UpdateModelRequest,
  type UploadModelPartRequest,
} from '@noema/contracts/noema/training/v1/model_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { parseAdaptation } from '../model-adaptation/model-adaptation.mapper.js';
import { ModelAdaptationService } from '../model-adaptation/model-adaptation.service.js';
import { parseModelFile } from '../model-import/model-file.mapper.js';
import { ModelImportService } from '../model-import/model-import.service.js';
import { weightStatisticsMessage } from './model-card.mapper.js';
import { ModelCardService } from './model-card.service.js';
import { importedVersionMessage, layerMessage, modelMessage, modelVersionMessage } from './model.mapper.js';
import { ModelService } from './model.service.js';

const DEFAULT_OPSET = 17;
/** Bytes of one message of a file. */
const CHUNK_BYTES = 2 ** 20;

/** Serves noema.training.v1.ModelService. */
@GrpcService(Service)
export class ModelController implements Handlers<typeof Service> {
  constructor(
    @Inject(ModelService) private readonly models: ModelService,
    @Inject(ModelImportService) private readonly imports: ModelImportService,
    @Inject(ModelAdaptationService) private readonly adaptations: ModelAdaptationService,
    @Inject(ModelCardService) private readonly cards: ModelCardService,
    @Inject(JobStore) private readonly jobs: JobStore,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async createModel(request: CreateModelRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const prepared = await this.models.prepare(teamId, request);
    return this.commands.run(ctx, request, async () => {
      const { model, version } = await this.models.create(teamId, prepared);
      return { model: modelMessage(model), modelVersion: modelVersionMessage(version) };
    });
  }

  async adaptModel(request: AdaptModelRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const prepared = await this.adaptations.prepare(teamId, parseAdaptation(request));
    return this.commands.run(ctx, request, async () => {
      const { modelId, versionId } = await this.adaptations.create(teamId, prepared);
      return {
        model: modelMessage(await this.models.get(teamId, modelId)),
        modelVersion: modelVersionMessage(await this.models.getVersion(teamId, versionId)),
      };
    });
  }

  async getModel({ modelId }: GetModelRequest, { principal }: CallContext) {
    return { model: modelMessage(await this.models.get(principal.teamId, modelId)) };
  }

  async listModels(request: ListModelsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.models.list(principal.teamId, request.projectId, request);
    return { models: items.map(modelMessage), nextPageToken };
  }

  async updateModel({ model, updateMask }: UpdateModelRequest, { principal }: CallContext) {
    const change = parseChanges(ModelSchema, model, updateMask, ['displayName']);
    return { model: modelMessage(await this.models.update(principal.teamId, model?.id ?? '', change)) };
  }

  async deleteModel({ modelId }: DeleteModelRequest, { principal }: CallContext) {
    await this.models.delete(principal.teamId, modelId);
    return {};
  }

  async uploadModelPart({ projectId, content }: UploadModelPartRequest, { principal }: CallContext) {
    return { part: artifactRefMessage(await this.imports.upload(principal.teamId, projectId, content)) };
  }

  async importModel(request: ImportModelRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const order = await this.imports.prepare(teamId, { ...request, file: parseModelFile(request.modelFile) });
    return this.commands.run(ctx, request, async () => {
      const jobId = await this.imports.start(teamId, order);
      return {
        modelId: order.modelId,
        modelVersionId: order.modelVersionId,
        job: jobMessage('training', await this.jobs.get(teamId, jobId)),
      };
    });
  }

  async importModelVersion(request: ImportModelVersionRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const order = await this.imports.prepareVersion(
      teamId,
      request.modelId,
      parseModelFile(request.modelFile),
    );
    return this.commands.run(ctx, request, async () => {
      const jobId = await this.imports.start(teamId, order);
      return {
        modelVersion: importedVersionMessage(order, jobId),
        job: jobMessage('training', await this.jobs.get(teamId, jobId)),
      };
    });
  }

  async getModelVersion({ modelVersionId }: GetModelVersionRequest, { principal }: CallContext) {
    return {
      modelVersion: modelVersionMessage(await this.models.getVersion(principal.teamId, modelVersionId)),
    };
  }

  async listModelVersions(request: ListModelVersionsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.models.listVersions(
      principal.teamId,
      request.modelId,
      request,
    );
    return { modelVersions: items.map(modelVersionMessage), nextPageToken };
  }

  async listLayers({ modelVersionId }: ListLayersRequest, { principal }: CallContext) {
    const { layers, blocks, proposed } = await this.models.layers(principal.teamId, modelVersionId);
    return { layers: layers.map(layerMessage), blocks: blocks.map(layerMessage), proposed: [...proposed] };
  }

  async listWeightStatistics({ modelVersionId }: ListWeightStatisticsRequest, { principal }: CallContext) {
    const weights = await this.cards.weightStatistics(principal.teamId, modelVersionId);
    return { weights: weights.map(weightStatisticsMessage) };
  }

  async *exportModelVersion(request: ExportModelVersionRequest, { principal }: CallContext) {
    const { modelVersionId, format, opset } = request;
    const file = await this.cards.exportFile(principal.teamId, modelVersionId, {
      format: format === ExportFormat.KERAS ? 'keras' : 'onnx',
      opset: opset === 0 ? DEFAULT_OPSET : opset,
    });
    for (let at = 0; at < file.length; at += CHUNK_BYTES)
      yield {
        body: { contentType: 'application/octet-stream', data: file.subarray(at, at + CHUNK_BYTES) },
      };
  }

  async listModelLimits({ modelVersionId }: ListModelLimitsRequest, { principal }: CallContext) {
    return { limits: [...(await this.cards.limits(principal.teamId, modelVersionId))] };
  }
}
