import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import type { SelectionAnalysisSchema } from '@noema/contracts/noema/explanations/v1/selection_analysis';
import {
  type CreateSelectionAnalysisRequest,
  type CreateSelectionAnalysisResponseSchema,
  type GetMeanHeatMapRequest,
  type GetMeanHeatMapResponseSchema,
  type GetSelectionAnalysisRequest,
  type GetSelectionAnalysisResponseSchema,
  SelectionAnalysisService as Service,
} from '@noema/contracts/noema/explanations/v1/selection_analysis_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { JobStore, jobMessage, jobResourceMessage } from '@noema/jobs';
import { heatMapBody, heatMapMessage } from '../analysis/analysis.mapper.js';
import type { SelectionAnalysis } from './selection-analysis.js';
import { SelectionAnalysisService } from './selection-analysis.service.js';

/** Serves noema.explanations.v1.SelectionAnalysisService. */
@GrpcService(Service)
export class SelectionAnalysisController implements Handlers<typeof Service> {
  constructor(
    @Inject(SelectionAnalysisService) private readonly analyses: SelectionAnalysisService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createSelectionAnalysis(
    request: CreateSelectionAnalysisRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateSelectionAnalysisResponseSchema>> {
    const { teamId } = ctx.principal;
    const plan = await this.analyses.plan(teamId, request, request.selection);
    return this.commands.run(ctx, request, async () => {
      const analysis = await this.analyses.start(teamId, plan);
      return {
        selectionAnalysis: toMessage(analysis),
        job: jobMessage('explanations', await this.jobs.get(teamId, analysis.jobId)),
      };
    });
  }

  async getSelectionAnalysis(
    { selectionAnalysisId }: GetSelectionAnalysisRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetSelectionAnalysisResponseSchema>> {
    return { selectionAnalysis: toMessage(await this.analyses.get(principal.teamId, selectionAnalysisId)) };
  }

  async getMeanHeatMap(
    { selectionAnalysisId, heatMapId }: GetMeanHeatMapRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetMeanHeatMapResponseSchema>> {
    return heatMapBody(await this.analyses.heatMap(principal.teamId, selectionAnalysisId, heatMapId));
  }
}

function toMessage(analysis: SelectionAnalysis): MessageInitShape<typeof SelectionAnalysisSchema> {
  const { source, heatMaps } = analysis;
  const { projectId, runId, epoch, datasetVersionId, selectedCount, rows } = source;
  return {
    ...jobResourceMessage(analysis),
    projectId,
    runId,
    epoch,
    datasetVersionId,
    selectedCount,
    explainedCount: rows.length,
    heatMaps: heatMaps.map((heatMap) => heatMapMessage({ signed: false, ...heatMap })),
  };
}
