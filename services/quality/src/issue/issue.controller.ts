import { Inject } from '@nestjs/common';
import { IssueSchema } from '@noema/contracts/noema/quality/v1/issue';
import {
  type CreateIssueRequest,
  type DeleteIssueRequest,
  type GetIssueRequest,
  IssueService as Service,
  type ListIssueLabelsRequest,
  type ListIssuesRequest,
  type UpdateIssueRequest,
} from '@noema/contracts/noema/quality/v1/issue_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { issueMessage, toState, toSubject } from './issue.mapper.js';
import { IssueService } from './issue.service.js';

const CHANGEABLE = ['displayName', 'text', 'state', 'assigneeId', 'closingTest', 'labels', 'draft'] as const;

/** Serves noema.quality.v1.IssueService. */
@GrpcService(Service)
export class IssueController implements Handlers<typeof Service> {
  constructor(
    @Inject(IssueService) private readonly issues: IssueService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createIssue(request: CreateIssueRequest, ctx: CallContext) {
    return this.commands.run(ctx, request, async () => {
      const { subject, closingTest, ...fields } = request;
      const draft = { ...fields, subject: toSubject(subject), closingTest };
      return { issue: issueMessage(await this.issues.create(ctx.principal, draft)) };
    });
  }

  async getIssue({ issueId }: GetIssueRequest, { principal }: CallContext) {
    return { issue: issueMessage(await this.issues.get(principal.teamId, issueId)) };
  }

  async listIssues(request: ListIssuesRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.issues.list(
      principal.teamId,
      request.projectId,
      request,
      request.labels,
    );
    return { issues: items.map(issueMessage), nextPageToken };
  }

  async listIssueLabels({ projectId }: ListIssueLabelsRequest, { principal }: CallContext) {
    return { issueLabels: await this.issues.listLabels(principal.teamId, projectId) };
  }

  async updateIssue({ issue, updateMask }: UpdateIssueRequest, { principal }: CallContext) {
    const { state, ...rest } = parseChanges(IssueSchema, issue, updateMask, CHANGEABLE);
    const { id = '', etag = '' } = issue ?? {};
    const change = { ...rest, ...(state !== undefined && { state: toState(state) }), etag };
    return { issue: issueMessage(await this.issues.update(principal, id, change)) };
  }

  async deleteIssue({ issueId }: DeleteIssueRequest, { principal }: CallContext) {
    await this.issues.delete(principal.teamId, issueId);
    return {};
  }
}
