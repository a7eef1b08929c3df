import { Inject } from '@nestjs/common';
import {
  type CreateInsightSearchRequest,
  type DeleteInsightSearchRequest,
  type GetInsightSearchRequest,
  type GetInsightSettingsRequest,
  InsightSearchService as Service,
  type ListInsightSearchesRequest,
  type UpdateInsightSettingsRequest,
} from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightSettingsSchema } from '@noema/contracts/noema/insights/v1/insight_search';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { InsightSettingsService } from '../insight-settings/insight-settings.service.js';
import { insightSearchMessage } from './insight-search.mapper.js';
import { InsightSearchService } from './insight-search.service.js';

/** Serves noema.insights.v1.InsightSearchService. */
@GrpcService(Service)
export class InsightSearchController implements Handlers<typeof Service> {
  constructor(
    @Inject(InsightSearchService) private readonly searches: InsightSearchService,
    @Inject(InsightSettingsService) private readonly settings: InsightSettingsService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createInsightSearch(request: CreateInsightSearchRequest, ctx: CallContext) {
    const { principal } = ctx;
    const { parameters = {}, groupField } = request;
    const planned = await this.searches.plan(principal.teamId, {
      ...request,
      parameters,
      groupField: groupField === '' ? undefined : groupField,
    });
    return this.commands.run(ctx, request, async () => {
      const search = await this.searches.start(principal, planned);
      const job = await this.jobs.get(principal.teamId, search.jobId);
      return { insightSearch: insightSearchMessage(search), job: jobMessage('insights', job) };
    });
  }

  async getInsightSearch({ insightSearchId }: GetInsightSearchRequest, { principal }: CallContext) {
    return {
      insightSearch: insightSearchMessage(await this.searches.get(principal.teamId, insightSearchId)),
    };
  }

  async listInsightSearches(request: ListInsightSearchesRequest, { principal }: CallContext) {
    const { projectId, runId } = request;
    const { items, nextPageToken } = await this.searches.list(
      principal.teamId,
      { projectId, ...(runId !== '' && { runId }) },
      request,
    );
    return { insightSearches: items.map(insightSearchMessage), nextPageToken };
  }

  async deleteInsightSearch({ insightSearchId }: DeleteInsightSearchRequest, { principal }: CallContext) {
    await this.searches.delete(principal.teamId, insightSearchId);
    return {};
  }

  async getInsightSettings({ projectId }: GetInsightSettingsRequest, { principal }: CallContext) {
    return { insightSettings: { projectId, ...(await this.settings.get(principal.teamId, projectId)) } };
  }

  async updateInsightSettings(
    { insightSettings, updateMask }: UpdateInsightSettingsRequest,
    { principal }: CallContext,
  ) {
    const change = parseChanges(InsightSettingsSchema, insightSettings, updateMask, [
      'searchAfterRuns',
      'searchAfterEpochs',
    ]);
    const { projectId = '' } = insightSettings ?? {};
    return {
      insightSettings: { projectId, ...(await this.settings.update(principal.teamId, projectId, change)) },
    };
  }
}
