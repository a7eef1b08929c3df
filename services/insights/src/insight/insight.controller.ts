import { Inject } from '@nestjs/common';
import { InsightSchema } from '@noema/contracts/noema/insights/v1/insight';
import {
  type ExportInsightRequest,
  type GetInsightAuditRequest,
  type GetInsightRequest,
  InsightService as Service,
  type ListInsightMembersRequest,
  type ListInsightsRequest,
  type RecordInsightVerdictsRequest,
  type UpdateInsightRequest,
} from '@noema/contracts/noema/insights/v1/insight_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { type Audit, AuditService } from '../audit/audit.service.js';
import { ExportService } from './export.service.js';
import {
  auditMessage,
  exportMessage,
  insightMessage,
  memberMessage,
  toAction,
  toState,
  toVerdict,
} from './insight.mapper.js';
import type { InsightFilter } from './insight.repository.js';
import { InsightService } from './insight.service.js';
import { MemberService } from './member.service.js';

/** Serves noema.insights.v1.InsightService. */
@GrpcService(Service)
export class InsightController implements Handlers<typeof Service> {
  constructor(
    @Inject(InsightService) private readonly insights: InsightService,
    @Inject(MemberService) private readonly members: MemberService,
    @Inject(ExportService) private readonly exports: ExportService,
    @Inject(AuditService) private readonly audits: AuditService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async getInsight({ insightId }: GetInsightRequest, { principal }: CallContext) {
    const { insight, tables } = await this.insights.get(principal.teamId, insightId);
    return { insight: insightMessage(insight, tables) };
  }

  async listInsights(request: ListInsightsRequest, { principal }: CallContext) {
    const { projectId, runId, insightSearchId, includeHints, includeOutdated, sameAsInsightId } = request;
    const filter: InsightFilter = {
      projectId,
      ...(runId !== '' && { runId }),
      ...(insightSearchId !== '' && { insightSearchId }),
      withHints: includeHints,
      withOutdated: includeOutdated || insightSearchId !== '',
    };
    const { teamId } = principal;
    const { items, nextPageToken } =
      sameAsInsightId === ''
        ? await this.insights.list(teamId, filter, request)
        : await this.insights.listSame(teamId, sameAsInsightId, filter, request);
    return { insights: items.map((item) => insightMessage(item)), nextPageToken };
  }

  async updateInsight({ insight, updateMask }: UpdateInsightRequest, { principal }: CallContext) {
    const { state, ...rest } = parseChanges(InsightSchema, insight, updateMask, [
      'state',
      'note',
      'issueId',
      'sliceId',
    ]);
    const { id = '', etag = '' } = insight ?? {};
    const change = { ...rest, ...(state !== undefined && { state: toState(state) }), etag };
    return { insight: insightMessage(await this.insights.update(principal.teamId, id, change)) };
  }

  async listInsightMembers(request: ListInsightMembersRequest, { principal }: CallContext) {
    const { members, rows, nextPageToken } = await this.members.list(
      principal.teamId,
      request.insightId,
      request,
    );
    return {
      members: members.map(memberMessage),
      nextPageToken,
      totalSize: rows.length,
      bitmap: request.includeBitmap ? toBitmap(rows) : new Uint8Array(0),
    };
  }

  async getInsightAudit({ insightId, pageSize }: GetInsightAuditRequest, { principal }: CallContext) {
    return toAudit(await this.audits.get(principal.teamId, insightId, pageSize));
  }

  recordInsightVerdicts(request: RecordInsightVerdictsRequest, ctx: CallContext) {
    const { insightId, pageSize } = request;
    const verdicts = request.verdicts.map(toVerdict);
    return this.commands.run(ctx, request, async () => {
      await this.audits.record(ctx.principal, insightId, verdicts);
      return toAudit(await this.audits.get(ctx.principal.teamId, insightId, pageSize));
    });
  }

  async exportInsight({ insightId, action, ...query }: ExportInsightRequest, { principal }: CallContext) {
    return exportMessage(await this.exports.export(principal.teamId, insightId, toAction(action), query));
  }
}

const toAudit = ({ summary, next }: Audit) => ({
  audit: auditMessage(summary),
  next: next.map(memberMessage),
});

/** One bit per row, lowest bit first. */
function toBitmap(rows: Int32Array): Uint8Array {
  const bitmap = new Uint8Array(rows.reduce((most, row) => Math.max(most, (row >> 3) + 1), 0));
  for (const row of rows) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}
