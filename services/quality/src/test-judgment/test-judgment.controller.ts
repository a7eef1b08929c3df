import { Inject } from '@nestjs/common';
import {
  type CreateTestJudgmentRequest,
  type GetTestJudgmentRequest,
  type ListTestJudgmentsRequest,
  TestJudgmentService as Service,
} from '@noema/contracts/noema/quality/v1/test_judgment_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { jobMessage, JobStore } from '@noema/jobs';
import { testJudgmentMessage } from './test-judgment.mapper.js';
import { TestJudgmentService } from './test-judgment.service.js';

/** Serves noema.quality.v1.TestJudgmentService. */
@GrpcService(Service)
export class TestJudgmentController implements Handlers<typeof Service> {
  constructor(
    @Inject(TestJudgmentService) private readonly judgments: TestJudgmentService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createTestJudgment(request: CreateTestJudgmentRequest, ctx: CallContext) {
    const { testSuiteId, runId, epoch } = request;
    const { principal } = ctx;
    await this.judgments.check(principal.teamId, testSuiteId, { id: runId, epoch });
    return this.commands.run(ctx, request, async () => {
      const judgment = await this.judgments.start(principal, testSuiteId, { id: runId, epoch });
      const job = await this.jobs.get(principal.teamId, judgment.jobId);
      return { testJudgment: testJudgmentMessage(judgment), job: jobMessage('quality', job) };
    });
  }

  async getTestJudgment({ testJudgmentId }: GetTestJudgmentRequest, { principal }: CallContext) {
    return { testJudgment: testJudgmentMessage(await this.judgments.get(principal.teamId, testJudgmentId)) };
  }

  async listTestJudgments(request: ListTestJudgmentsRequest, { principal }: CallContext) {
    const { projectId, runId, testSuiteId } = request;
    const filter = { projectId, ...(runId !== '' && { runId }), ...(testSuiteId !== '' && { testSuiteId }) };
    const { items, nextPageToken } = await this.judgments.list(principal.teamId, filter, request);
    return { testJudgments: items.map(testJudgmentMessage), nextPageToken };
  }
}
