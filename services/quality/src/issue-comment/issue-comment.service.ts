import { Inject, Injectable } from '@nestjs/common';
import {
  findOrThrow,
  nextPath,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { issueNotFound } from '../issue/issue.errors.js';
import { IssueRepository } from '../issue/issue.repository.js';
import { WorkspaceClient } from '../peers/workspace.client.js';
import type { Author } from '../revision/revision.js';
import {
  commentNotYours,
  commentOfPlatform,
  commentTextInvalid,
  issueCommentNotFound,
  linkInvalid,
  mentionsTooMany,
} from './issue-comment.errors.js';
import type { IssueComment, IssueCommentFields } from './issue-comment.js';
import { IssueCommentRepository } from './issue-comment.repository.js';

const MAX_TEXT = 10_000;
const MAX_MENTIONS = 50;
const MAX_LINK = 10_000;

/** Writes, lists, changes and deletes comments of members. */
@Injectable()
export class IssueCommentService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(IssueCommentRepository) private readonly comments: Port<IssueCommentRepository>,
    @Inject(IssueRepository) private readonly issues: Pick<IssueRepository, 'find'>,
    @Inject(WorkspaceClient) private readonly workspace: Port<WorkspaceClient>,
  ) {}

  /**
   * Throws `not-found` for the issue and for members, `invalid` COMMENT_TEXT_INVALID, MENTIONS_TOO_MANY,
   * LINK_INVALID.
   */
  async create(
    { teamId, subject }: Author,
    issueId: string,
    fields: IssueCommentFields,
  ): Promise<IssueComment> {
    const content = checkContent(fields);
    const { projectId } = await this.issue(teamId, issueId);
    await this.workspace.membersMustExist(teamId, content.mentionedMemberIds);
    return this.unitOfWork.run(teamId, () =>
      this.comments.insert({
        ...{ id: uuidv7(), projectId, issueId, kind: 'text', ...content },
        ...{ testResultId: '', createdBy: subject },
      }),
    );
  }

  /** Throws `not-found` for the issue. */
  async list(
    teamId: string,
    issueId: string,
    query: Pick<PageQuery, 'pageSize' | 'pageToken'>,
  ): Promise<Page<IssueComment>> {
    await this.issue(teamId, issueId);
    return this.unitOfWork.run(teamId, () => this.comments.list(issueId, query));
  }

  /** Throws as `create`, `forbidden` COMMENT_NOT_YOURS, `precondition` COMMENT_OF_PLATFORM. */
  async update(
    { teamId, subject }: Author,
    id: string,
    change: Partial<IssueCommentFields>,
  ): Promise<IssueComment> {
    const isAuthor = (author: string): boolean => author === subject;
    const known = await this.unitOfWork.run(teamId, () => this.own(id, isAuthor));
    const { mentionedMemberIds } = checkContent({ ...known, ...change });
    // A member may have left the team since the comment mentioned it.
    const added = mentionedMemberIds.filter((member) => !known.mentionedMemberIds.includes(member));
    await this.workspace.membersMustExist(teamId, added);
    return this.unitOfWork.run(teamId, async () => {
      const before = await this.own(id, isAuthor);
      const after = { ...before, ...checkContent({ ...before, ...change }), updateTime: new Date() };
      await this.comments.update(id, after, after.updateTime);
      return after;
    });
  }

  /** Throws `not-found`, `forbidden` COMMENT_NOT_YOURS, `precondition` COMMENT_OF_PLATFORM. */
  delete({ teamId, subject, role }: Author & { readonly role: string }, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await this.own(id, (author) => author === subject || role === 'admin');
      await this.comments.delete(id);
    });
  }

  private issue(teamId: string, id: string) {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.issues, id, issueNotFound));
  }

  private async own(id: string, mayWrite: (author: string) => boolean): Promise<IssueComment> {
    const comment = await findOrThrow(this.comments, id, issueCommentNotFound);
    if (comment.kind !== 'text') throw commentOfPlatform(id);
    if (!mayWrite(comment.createdBy)) throw commentNotYours(id);
    return comment;
  }
}

function checkContent({ text, mentionedMemberIds, link }: IssueCommentFields): IssueCommentFields {
  if (text.trim() === '' || text.length > MAX_TEXT) throw commentTextInvalid(text.length, MAX_TEXT);
  const mentions = [...new Set(mentionedMemberIds)];
  if (mentions.length > MAX_MENTIONS) throw mentionsTooMany(mentions.length, MAX_MENTIONS);
  return { text, mentionedMemberIds: mentions, link: checkLink(link) };
}

function checkLink(link: string): string {
  if (link === '' || link === '/') return link;
  const path = link.length > MAX_LINK ? '/' : nextPath(link);
  if (path === '/') throw linkInvalid(link, MAX_LINK);
  return path;
}
