import type { DynamicModule, Provider } from '@nestjs/common';
import { type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { QualityConfig } from './config.js';
import { DashboardController } from './dashboard/dashboard.controller.js';
import { DashboardRepository } from './dashboard/dashboard.repository.js';
import { DashboardService } from './dashboard/dashboard.service.js';
import { IssueClosing } from './issue/issue.closing.js';
import { IssueController } from './issue/issue.controller.js';
import { IssueRepository } from './issue/issue.repository.js';
import { IssueService } from './issue/issue.service.js';
import { IssueSubjects } from './issue/issue.subjects.js';
import { IssueCommentController } from './issue-comment/issue-comment.controller.js';
import { IssueCommentRepository } from './issue-comment/issue-comment.repository.js';
import { IssueCommentService } from './issue-comment/issue-comment.service.js';
import { DatasetsClient } from './peers/datasets.client.js';
import { TrainingClient } from './peers/training.client.js';
import { WorkspaceClient } from './peers/workspace.client.js';
import { TestResultController } from './test-result/test-result.controller.js';
import { TestResultRepository } from './test-result/test-result.repository.js';
import { TestResultService } from './test-result/test-result.service.js';
import { TestSuiteController } from './test-suite/test-suite.controller.js';
import { TestSuiteRepository } from './test-suite/test-suite.repository.js';
import { TestSuiteService } from './test-suite/test-suite.service.js';

const peers: Provider[] = [WorkspaceProjects, WorkspaceClient, DatasetsClient, TrainingClient];
const dashboards: Provider[] = [DashboardRepository, DashboardService, DashboardController];
const tests: Provider[] = [
  ...[TestSuiteRepository, TestSuiteService, TestSuiteController],
  ...[TestResultRepository, TestResultService, TestResultController],
];
const issues: Provider[] = [
  ...[IssueRepository, IssueSubjects, IssueClosing, IssueService, IssueController],
  ...[IssueCommentRepository, IssueCommentService, IssueCommentController],
];

/** The API of the quality service. */
export class AppModule {
  static register(host: Host<QualityConfig>): DynamicModule {
    return {
      module: AppModule,
      // With jobs, the host keeps an audit log, reports usage, and deletes what deleted teams and projects had.
      imports: [HostModule.register(host, { jobs: new JobStore(host.database()) })],
      providers: [...peers, ...dashboards, ...tests, ...issues],
    };
  }
}
