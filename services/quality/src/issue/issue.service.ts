import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  displayName,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { IssueCommentRepository } from '../issue-comment/issue-comment.repository.js';
import { WorkspaceClient } from '../peers/workspace.client.js';
import { lockForUpdate, type RevisedChange } from '../revision/revised.update.js';
import type { Author } from '../revision/revision.js';
import { issueNotFound, textTooLong } from './issue.errors.js';
import type { ClosingTest, Issue, IssueFields, IssueLabel, NewIssue } from './issue.js';
import { checkLabels } from './issue.labels.js';
import { IssueRepository } from './issue.repository.js';
import { IssueSubjects } from './issue.subjects.js';

const MAX_TEXT = 10_000;
/** Labels that a list has at most. */
const MAX_LISTED_LABELS = 1_000;

type IssueDraft = Omit<NewIssue, 'id' | 'state' | 'versionTime' | 'createdBy'>;
export type IssueChange = RevisedChange & Partial<Omit<IssueFields, 'draft'>>;

/** Creates, reads, changes and deletes issues. */
@Injectable()
export class IssueService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(IssueRepository) private readonly issues: Port<IssueRepository>,
    @Inject(IssueCommentRepository) private readonly comments: Pick<IssueCommentRepository, 'insert'>,
    @Inject(IssueSubjects) private readonly subjects: Port<IssueSubjects>,
    @Inject(WorkspaceClient) private readonly workspace: Port<WorkspaceClient>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
  ) {}

  /**
   * Throws `not-found` for a project, member, subject or suite of another team, `invalid` DISPLAY_NAME_INVALID,
   * TEXT_TOO_LONG, SAMPLES_OUT_OF_RANGE, TEST_NOT_FAILED, CLOSING_TEST_UNKNOWN, LABEL_INVALID,
   * LABELS_TOO_MANY.
   */
  async create({ teamId, subject: author }: Author, draft: IssueDraft): Promise<Issue> {
    const { projectId, subject, closingTest, assigneeId } = draft;
    const [name, text] = [displayName(draft.displayName), checkText(draft.text)];
    const labels = checkLabels(draft.labels);
    await this.projects.mustExist(teamId, projectId);
    await this.workspace.membersMustExist(teamId, assigneeId === '' ? [] : [assigneeId]);
    const versionTime = await this.subjects.find(teamId, projectId, subject);
    await this.subjects.checkClosingTest(teamId, projectId, closingTest);
    return this.unitOfWork.run(teamId, () =>
      this.issues.insert({
        ...{ id: uuidv7(), projectId, displayName: name, text, state: 'open', assigneeId, subject },
        ...{ closingTest, labels, versionTime, draft: draft.draft, createdBy: author },
      }),
    );
  }

  /** Throws `not-found`, also for an issue of another team. */
  get(teamId: string, id: string): Promise<Issue> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.issues, id, issueNotFound));
  }

  /** Lists the issues that have all labels. */
  list(
    teamId: string,
    projectId: string,
    query: PageQuery,
    labels: readonly string[] = [],
  ): Promise<Page<Issue>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.issues.list(projectId, query, labels));
  }

  /** Lists the labels of the issues of a project by name. */
  listLabels(teamId: string, projectId: string): Promise<IssueLabel[]> {
    if (!isUuid(projectId)) return Promise.resolve([]);
    return this.unitOfWork.run(teamId, () => this.issues.listLabels(projectId, MAX_LISTED_LABELS));
  }

  /** Changes an issue, and records a change of its state as a comment. Throws as `create` and `lockForUpdate`. */
  async update({ teamId, subject }: Author, id: string, change: IssueChange): Promise<Issue> {
    const known = await this.get(teamId, id);
    const { projectId } = known;
    const { assigneeId = '', closingTest } = change;
    // The member may have left since, and the test may have left its suite: only what changes must exist.
    if (assigneeId !== '' && assigneeId !== known.assigneeId)
      await this.workspace.membersMustExist(teamId, [assigneeId]);
    if (!isSameTest(closingTest, known.closingTest))
      await this.subjects.checkClosingTest(teamId, projectId, closingTest);
    return this.unitOfWork.run(teamId, async () => {
      const before = await lockForUpdate(this.issues, 'issue', id, change, issueNotFound);
      const state = change.state ?? before.state;
      const isReopened = before.state === 'closed' && state === 'open';
      const after = await this.issues.update(before, {
        ...before,
        displayName: change.displayName === undefined ? before.displayName : displayName(change.displayName),
        text: change.text === undefined ? before.text : checkText(change.text),
        state,
        assigneeId: change.assigneeId ?? before.assigneeId,
        closingTest: 'closingTest' in change ? change.closingTest : before.closingTest,
        labels: change.labels === undefined ? before.labels : checkLabels(change.labels),
        // A version that exists when an issue opens again did not solve it.
        versionTime: isReopened ? new Date() : before.versionTime,
        draft: change.draft ?? before.draft,
      });
      if (state !== before.state)
        await this.comments.insert({
          ...{ id: uuidv7(), projectId, issueId: id, kind: isReopened ? 'reopened' : 'closed' },
          ...{ text: '', mentionedMemberIds: [], link: '', testResultId: '', createdBy: subject },
        });
      return after;
    });
  }

  /** Throws `not-found`, also for an issue of another team. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await findOrThrow(this.issues, id, issueNotFound);
      await this.issues.delete(id);
    });
  }
}

const isSameTest = (a: ClosingTest | undefined, b: ClosingTest | undefined): boolean =>
  a?.testSuiteId === b?.testSuiteId && a?.testName === b?.testName;

function checkText(text: string): string {
  if (text.length > MAX_TEXT) throw textTooLong(text.length, MAX_TEXT);
  return text;
}
