import { Inject } from '@nestjs/common';
import {
  type CountTestResultsRequest,
  type GetTestBadgeRequest,
  type GetTestResultRequest,
  type ListTestResultsRequest,
  type SaveTestResultsRequest,
  TestResultService as Service,
} from '@noema/contracts/noema/quality/v1/test_result_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { drawBadge } from './test-badge.js';
import { testResultMessage, toJudgedTest } from './test-result.mapper.js';
import { TestResultService } from './test-result.service.js';

/** Serves noema.quality.v1.TestResultService. */
@GrpcService(Service)
export class TestResultController implements Handlers<typeof Service> {
  constructor(
    @Inject(TestResultService) private readonly results: TestResultService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  saveTestResults(request: SaveTestResultsRequest, ctx: CallContext) {
    return this.commands.run(ctx, request, async () => {
      const judged = { ...request, results: request.results.map(toJudgedTest) };
      const { results, closedIssueIds } = await this.results.save(ctx.principal, judged);
      return { results: results.map(testResultMessage), closedIssueIds: [...closedIssueIds] };
    });
  }

  async getTestResult({ testResultId }: GetTestResultRequest, { principal }: CallContext) {
    return { testResult: testResultMessage(await this.results.get(principal.teamId, testResultId)) };
  }

  async listTestResults(request: ListTestResultsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.results.list(principal.teamId, request, request);
    return { testResults: items.map(testResultMessage), nextPageToken };
  }

  async countTestResults({ projectId }: CountTestResultsRequest, { principal }: CallContext) {
    const { pass, fail, ...others } = await this.results.count(principal.teamId, projectId);
    return { passing: pass, failing: fail, ...others };
  }

  async getTestBadge({ projectId }: GetTestBadgeRequest, { principal }: CallContext) {
    const counts = await this.results.count(principal.teamId, projectId);
    return { body: { contentType: 'image/svg+xml', data: Buffer.from(drawBadge(counts)) } };
  }
}
