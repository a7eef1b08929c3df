import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { splitMessage } from '@noema/contracts';
import type { SimilarityAnalysisSchema } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import {
  type CreateSimilarityAnalysisRequest,
  type CreateSimilarityAnalysisResponseSchema,
  type GetSharedAreaHeatMapRequest,
  type GetSharedAreaHeatMapResponseSchema,
  type GetSharedAreaValuesRequest,
  type GetSharedAreaValuesResponseSchema,
  type GetSimilarityAnalysisRequest,
  type GetSimilarityAnalysisResponseSchema,
  type ListSimilarityAnalysesRequest,
  type ListSimilarityAnalysesResponseSchema,
  SimilarityAnalysisService as Service,
} from '@noema/contracts/noema/explanations/v1/similarity_analysis_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { JobStore, jobMessage, jobResourceMessage } from '@noema/jobs';
import { parseAddress, heatMapBody, heatMapMessage } from '../analysis/analysis.mapper.js';
import type { SimilarityAnalysis } from './similarity-analysis.js';
import { SimilarityAnalysisService } from './similarity-analysis.service.js';

/** Serves noema.explanations.v1.SimilarityAnalysisService. */
@GrpcService(Service)
export class SimilarityAnalysisController implements Handlers<typeof Service> {
  constructor(
    @Inject(SimilarityAnalysisService) private readonly analyses: SimilarityAnalysisService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createSimilarityAnalysis(
    request: CreateSimilarityAnalysisRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateSimilarityAnalysisResponseSchema>> {
    const { teamId } = ctx.principal;
    const { projectId, activationSetId, layer } = request;
    const samples = request.samples.map((sample, i) => parseAddress(sample, `samples[${i}]`));
    const plan = await this.analyses.plan(
      teamId,
      { projectId, activationSetId, query: parseAddress(request.query, 'query'), samples },
      { layer },
    );
    return this.commands.run(ctx, request, async () => {
      const analysis = await this.analyses.start(teamId, plan);
      return {
        similarityAnalysis: toMessage(analysis),
        job: jobMessage('explanations', await this.jobs.get(teamId, analysis.jobId)),
      };
    });
  }

  async getSimilarityAnalysis(
    { similarityAnalysisId }: GetSimilarityAnalysisRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetSimilarityAnalysisResponseSchema>> {
    return { similarityAnalysis: toMessage(await this.analyses.get(principal.teamId, similarityAnalysisId)) };
  }

  async listSimilarityAnalyses(
    request: ListSimilarityAnalysesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListSimilarityAnalysesResponseSchema>> {
    const { items, nextPageToken } = await this.analyses.list(principal.teamId, request.projectId, request);
    return { similarityAnalyses: items.map(toMessage), nextPageToken };
  }

  async getSharedAreaHeatMap(
    { similarityAnalysisId, heatMapId }: GetSharedAreaHeatMapRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetSharedAreaHeatMapResponseSchema>> {
    return heatMapBody(
      await this.analyses.heatMap(principal.teamId, similarityAnalysisId, heatMapId, 'picture'),
    );
  }

  async getSharedAreaValues(
    { similarityAnalysisId, heatMapId }: GetSharedAreaValuesRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetSharedAreaValuesResponseSchema>> {
    return heatMapBody(
      await this.analyses.heatMap(principal.teamId, similarityAnalysisId, heatMapId, 'values'),
    );
  }
}

function toMessage(analysis: SimilarityAnalysis): MessageInitShape<typeof SimilarityAnalysisSchema> {
  const { source, areas } = analysis;
  const { projectId, activationSetId, query } = source;
  return {
    ...jobResourceMessage(analysis),
    projectId,
    activationSetId,
    query: { split: splitMessage(query.split), sampleId: query.sampleId },
    areas: areas.map(
      ({ split, sampleId, row, distance, queryHeatMap, sampleHeatMap, queryGrowth, sampleGrowth }) => ({
        sample: { split: splitMessage(split), sampleId },
        row,
        distance,
        queryHeatMap: heatMapMessage(queryHeatMap),
        sampleHeatMap: heatMapMessage(sampleHeatMap),
        ...(queryGrowth && { queryGrowth: { ...queryGrowth } }),
        ...(sampleGrowth && { sampleGrowth: { ...sampleGrowth } }),
      }),
    ),
  };
}
