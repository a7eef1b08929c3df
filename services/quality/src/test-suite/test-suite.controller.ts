import { Inject } from '@nestjs/common';
import { TestSuiteSchema } from '@noema/contracts/noema/quality/v1/test_suite';
import {
  type CreateTestSuiteRequest,
  type DeleteTestSuiteRequest,
  type GetTestSuiteRequest,
  type ListTestSuitesRequest,
  TestSuiteService as Service,
  type UpdateTestSuiteRequest,
} from '@noema/contracts/noema/quality/v1/test_suite_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { testSuiteMessage, toBaselineRule } from './test-suite.mapper.js';
import { TestSuiteService } from './test-suite.service.js';

const CHANGEABLE = [
  'displayName',
  'document',
  'runForNewVersions',
  'baselineRule',
  'baselineRunId',
  'draft',
] as const;

/** Serves noema.quality.v1.TestSuiteService. */
@GrpcService(Service)
export class TestSuiteController implements Handlers<typeof Service> {
  constructor(
    @Inject(TestSuiteService) private readonly suites: TestSuiteService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createTestSuite(request: CreateTestSuiteRequest, ctx: CallContext) {
    const fields = { ...request, baselineRule: toBaselineRule(request.baselineRule) };
    return this.commands.run(ctx, request, async () => ({
      testSuite: testSuiteMessage(await this.suites.create(ctx.principal, fields)),
    }));
  }

  async getTestSuite({ testSuiteId }: GetTestSuiteRequest, { principal }: CallContext) {
    return { testSuite: testSuiteMessage(await this.suites.get(principal.teamId, testSuiteId)) };
  }

  async listTestSuites(request: ListTestSuitesRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.suites.list(principal.teamId, request.projectId, request);
    return { testSuites: items.map(testSuiteMessage), nextPageToken };
  }

  async updateTestSuite({ testSuite, updateMask }: UpdateTestSuiteRequest, { principal }: CallContext) {
    const { baselineRule, ...rest } = parseChanges(TestSuiteSchema, testSuite, updateMask, CHANGEABLE);
    const { id = '', etag = '' } = testSuite ?? {};
    const change = {
      ...rest,
      ...(baselineRule !== undefined && { baselineRule: toBaselineRule(baselineRule) }),
      etag,
    };
    return { testSuite: testSuiteMessage(await this.suites.update(principal.teamId, id, change)) };
  }

  async deleteTestSuite({ testSuiteId }: DeleteTestSuiteRequest, { principal }: CallContext) {
    await this.suites.delete(principal.teamId, testSuiteId);
    return {};
  }
}
