import { createHash } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import {
  type CreateAnalysisRequest,
  type CreateAnalysisResponseSchema,
  type DeleteAnalysisRequest,
  type GetAnalysisRequest,
  type GetAnalysisResponseSchema,
  type GetHeatMapRequest,
  type GetHeatMapResponseSchema,
  type GetHeatMapValuesRequest,
  type GetHeatMapValuesResponseSchema,
  type GetUnitFeatureMapRequest,
  type GetUnitFeatureMapResponseSchema,
  type ListAnalysesRequest,
  type ListAnalysesResponseSchema,
  AnalysisService as Service,
} from '@noema/contracts/noema/explanations/v1/analysis_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { JobStore, jobMessage } from '@noema/jobs';
import { parseAddress, analysisMessage, heatMapBody, parseSettings } from './analysis.mapper.js';
import { AnalysisService } from './analysis.service.js';

const PNG = 'image/png';

/** Serves noema.explanations.v1.AnalysisService. */
@GrpcService(Service)
export class AnalysisController implements Handlers<typeof Service> {
  constructor(
    @Inject(AnalysisService) private readonly analyses: AnalysisService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createAnalysis(
    request: CreateAnalysisRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateAnalysisResponseSchema>> {
    const { teamId } = ctx.principal;
    const { projectId, runId, epoch } = request;
    const plan = await this.analyses.plan(
      teamId,
      { projectId, runId, epoch, sample: parseAddress(request.sample, 'sample') },
      parseSettings(request.settings),
    );
    return this.commands.run(ctx, request, async () => {
      const analysis = await this.analyses.start(teamId, plan);
      return {
        analysis: analysisMessage(analysis),
        job: jobMessage('explanations', await this.jobs.get(teamId, analysis.jobId)),
      };
    });
  }

  async getAnalysis(
    { analysisId }: GetAnalysisRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetAnalysisResponseSchema>> {
    return { analysis: analysisMessage(await this.analyses.get(principal.teamId, analysisId)) };
  }

  async listAnalyses(
    request: ListAnalysesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListAnalysesResponseSchema>> {
    const { items, nextPageToken } = await this.analyses.list(
      principal.teamId,
      request.projectId,
      request.runId === '' ? {} : { runId: request.runId },
      request,
    );
    return { analyses: items.map(analysisMessage), nextPageToken };
  }

  async deleteAnalysis(
    { analysisId }: DeleteAnalysisRequest,
    { principal }: CallContext,
  ): Promise<Record<string, never>> {
    await this.analyses.delete(principal.teamId, analysisId);
    return {};
  }

  async getHeatMap(
    { analysisId, heatMapId }: GetHeatMapRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetHeatMapResponseSchema>> {
    return heatMapBody(await this.analyses.heatMap(principal.teamId, analysisId, heatMapId, 'picture'));
  }

  async getUnitFeatureMap(
    { analysisId, layer, unit }: GetUnitFeatureMapRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetUnitFeatureMapResponseSchema>> {
    const { bytes } = await this.analyses.featureMap(principal.teamId, analysisId, layer, unit);
    return {
      body: { contentType: PNG, data: bytes },
      etag: createHash('sha256').update(bytes).digest('hex'),
    };
  }

  async getHeatMapValues(
    { analysisId, heatMapId }: GetHeatMapValuesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetHeatMapValuesResponseSchema>> {
    return heatMapBody(await this.analyses.heatMap(principal.teamId, analysisId, heatMapId, 'values'));
  }
}
