import { DashboardService } from '@noema/contracts/noema/quality/v1/dashboard_service';
import { IssueCommentService } from '@noema/contracts/noema/quality/v1/issue_comment_service';
import { IssueService } from '@noema/contracts/noema/quality/v1/issue_service';
import { TestJudgmentService } from '@noema/contracts/noema/quality/v1/test_judgment_service';
import { TestResultService } from '@noema/contracts/noema/quality/v1/test_result_service';
import { TestSuiteService } from '@noema/contracts/noema/quality/v1/test_suite_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** Dashboards, tests and issues of projects; the first view does without them. */
export const dashboards = createRestClient(DashboardService, restOptions);
export const issueComments = createRestClient(IssueCommentService, restOptions);
export const issues = createRestClient(IssueService, restOptions);
export const testJudgments = createRestClient(TestJudgmentService, restOptions);
export const testResults = createRestClient(TestResultService, restOptions);
export const testSuites = createRestClient(TestSuiteService, restOptions);
