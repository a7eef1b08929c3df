import type { DynamicModule, Provider } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { QualityConfig } from './config.js';
import { DashboardController } from './dashboard/dashboard.controller.js';
import { DashboardRepository } from './dashboard/dashboard.repository.js';
import { DashboardService } from './dashboard/dashboard.service.js';
import { IssueController } from './issue/issue.controller.js';
import { IssueService } from './issue/issue.service.js';
import { IssueSubjects } from './issue/issue.subjects.js';
import { IssueCommentController } from './issue-comment/issue-comment.controller.js';
import { IssueCommentService } from './issue-comment/issue-comment.service.js';
import { DatasetsClient } from './peers/datasets.client.js';
import { WorkspaceClient } from './peers/workspace.client.js';
import { sharedProviders } from './shared.providers.js';
import { InsightSearchReadyConsumer } from './test-judgment/insight-search-ready.consumer.js';
import { RunFinishedConsumer } from './test-judgment/run-finished.consumer.js';
import { TestJudgmentController } from './test-judgment/test-judgment.controller.js';
import { JUDGE, TestJudgmentQueue } from './test-judgment/test-judgment.queue.js';
import { TestJudgmentService } from './test-judgment/test-judgment.service.js';
import { TestResultController } from './test-result/test-result.controller.js';
import { TestSuiteController } from './test-suite/test-suite.controller.js';
import { TestSuiteService } from './test-suite/test-suite.service.js';

const peers: Provider[] = [WorkspaceClient, DatasetsClient];
const dashboards: Provider[] = [DashboardRepository, DashboardService, DashboardController];
const tests: Provider[] = [
  ...[TestSuiteService, TestSuiteController, TestResultController],
  ...[TestJudgmentQueue, TestJudgmentService, TestJudgmentController],
  ...[RunFinishedConsumer, InsightSearchReadyConsumer],
];
const issues: Provider[] = [
  ...[IssueSubjects, IssueService, IssueController],
  ...[IssueCommentService, IssueCommentController],
];

/** The API of the quality service. */
export class AppModule {
  static register(host: Host<QualityConfig>): DynamicModule {
    return {
      module: AppModule,
      // With jobs, the host keeps an audit log, reports usage, and deletes what deleted teams and projects had.
      imports: [HostModule.register(host, { jobs: new JobStore(host.database()), jobKinds: [JUDGE] })],
      providers: [...sharedProviders, ...peers, ...dashboards, ...tests, ...issues],
    };
  }
}
