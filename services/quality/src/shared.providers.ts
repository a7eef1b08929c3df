import type { Provider } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import { IssueClosing } from './issue/issue.closing.js';
import { IssueRepository } from './issue/issue.repository.js';
import { IssueCommentRepository } from './issue-comment/issue-comment.repository.js';
import { TrainingClient } from './peers/training.client.js';
import { TestJudgmentRepository } from './test-judgment/test-judgment.repository.js';
import { TestResultRepository } from './test-result/test-result.repository.js';
import { TestResultService } from './test-result/test-result.service.js';
import { TestSuiteRepository } from './test-suite/test-suite.repository.js';

/** Providers of the API and of the workers: they store results of tests. */
export const sharedProviders: Provider[] = [
  ...[WorkspaceProjects, TrainingClient],
  ...[TestSuiteRepository, TestResultRepository, TestResultService, TestJudgmentRepository],
  ...[IssueRepository, IssueCommentRepository, IssueClosing],
];
