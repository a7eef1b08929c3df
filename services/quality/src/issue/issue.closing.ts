import { Inject, Injectable } from '@nestjs/common';
import { uuidv7 } from '@noema/kernel';
import { IssueCommentRepository } from '../issue-comment/issue-comment.repository.js';
import { PLATFORM } from '../revision/revision.js';
import type { TestResult } from '../test-result/test-result.js';
import { IssueRepository } from './issue.repository.js';

/** Closes issues whose test passes in a newer version. */
@Injectable()
export class IssueClosing {
  constructor(
    @Inject(IssueRepository) private readonly issues: Pick<IssueRepository, 'lockClosing' | 'update'>,
    @Inject(IssueCommentRepository) private readonly comments: Pick<IssueCommentRepository, 'insert'>,
  ) {}

  /**
   * Closes the accepted open issues that name a test of the results that passed, if the run is newer than the
   * version of the issue. Each gets a comment that names the result. Returns the ids of the issues. Takes part in
   * the ambient transaction.
   */
  async closePassed(results: readonly TestResult[]): Promise<string[]> {
    const closed: string[] = [];
    for (const result of results.filter(({ status }) => status === 'pass'))
      for (const issue of await this.issues.lockClosing(result, result.runCreateTime)) {
        await this.issues.update(issue, { ...issue, state: 'closed' });
        await this.comments.insert({
          id: uuidv7(),
          projectId: issue.projectId,
          issueId: issue.id,
          kind: 'closed-by-test',
          text: `Closed: the test "${result.testName}" passes in a newer version. ${result.reason}`,
          mentionedMemberIds: [],
          link: `/projects/${result.projectId}/runs/${result.runId}`,
          testResultId: result.id,
          createdBy: PLATFORM,
        });
        closed.push(issue.id);
      }
    return closed;
  }
}
