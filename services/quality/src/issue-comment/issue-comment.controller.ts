import { Inject } from '@nestjs/common';
import { IssueCommentSchema } from '@noema/contracts/noema/quality/v1/issue_comment';
import {
  type CreateIssueCommentRequest,
  type DeleteIssueCommentRequest,
  IssueCommentService as Service,
  type ListIssueCommentsRequest,
  type UpdateIssueCommentRequest,
} from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { issueCommentMessage } from './issue-comment.mapper.js';
import { IssueCommentService } from './issue-comment.service.js';

/** Serves noema.quality.v1.IssueCommentService. */
@GrpcService(Service)
export class IssueCommentController implements Handlers<typeof Service> {
  constructor(
    @Inject(IssueCommentService) private readonly comments: IssueCommentService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createIssueComment(request: CreateIssueCommentRequest, ctx: CallContext) {
    return this.commands.run(ctx, request, async () => ({
      issueComment: issueCommentMessage(await this.comments.create(ctx.principal, request.issueId, request)),
    }));
  }

  async listIssueComments(request: ListIssueCommentsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.comments.list(principal.teamId, request.issueId, request);
    return { issueComments: items.map(issueCommentMessage), nextPageToken };
  }

  async updateIssueComment(
    { issueComment, updateMask }: UpdateIssueCommentRequest,
    { principal }: CallContext,
  ) {
    const change = parseChanges(IssueCommentSchema, issueComment, updateMask, [
      'text',
      'mentionedMemberIds',
      'link',
    ]);
    return {
      issueComment: issueCommentMessage(
        await this.comments.update(principal, issueComment?.id ?? '', change),
      ),
    };
  }

  async deleteIssueComment({ issueCommentId }: DeleteIssueCommentRequest, { principal }: CallContext) {
    await this.comments.delete(principal, issueCommentId);
    return {};
  }
}
