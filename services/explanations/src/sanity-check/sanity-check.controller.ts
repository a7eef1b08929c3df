import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import type { SanityCheckSchema } from '@noema/contracts/noema/explanations/v1/sanity_check';
import {
  type CreateSanityCheckRequest,
  type CreateSanityCheckResponseSchema,
  type GetSanityCheckRequest,
  type GetSanityCheckResponseSchema,
  type ListSanityChecksRequest,
  type ListSanityChecksResponseSchema,
  SanityCheckService as Service,
} from '@noema/contracts/noema/explanations/v1/sanity_check_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { JobStore, jobMessage, jobResourceMessage } from '@noema/jobs';
import { heatMapNumbers } from '../analysis/analysis.mapper.js';
import type { SanityCheck } from './sanity-check.js';
import { SanityCheckService } from './sanity-check.service.js';

/** Serves noema.explanations.v1.SanityCheckService. */
@GrpcService(Service)
export class SanityCheckController implements Handlers<typeof Service> {
  constructor(
    @Inject(SanityCheckService) private readonly checks: SanityCheckService,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(JobStore) private readonly jobs: JobStore,
  ) {}

  async createSanityCheck(
    request: CreateSanityCheckRequest,
    ctx: CallContext,
  ): Promise<MessageInitShape<typeof CreateSanityCheckResponseSchema>> {
    const { teamId } = ctx.principal;
    const source = await this.checks.plan(teamId, request);
    return this.commands.run(ctx, request, async () => {
      const check = await this.checks.start(teamId, source);
      return {
        sanityCheck: toMessage(check),
        job: jobMessage('explanations', await this.jobs.get(teamId, check.jobId)),
      };
    });
  }

  async getSanityCheck(
    { sanityCheckId }: GetSanityCheckRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetSanityCheckResponseSchema>> {
    return { sanityCheck: toMessage(await this.checks.get(principal.teamId, sanityCheckId)) };
  }

  async listSanityChecks(
    { projectId, runId, pageSize, pageToken }: ListSanityChecksRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListSanityChecksResponseSchema>> {
    const query = { pageSize, pageToken, filter: '', orderBy: '' };
    const { items, nextPageToken } = await this.checks.list(
      principal.teamId,
      projectId,
      runId === '' ? {} : { runId },
      query,
    );
    return { sanityChecks: items.map(toMessage), nextPageToken };
  }
}

function toMessage(check: SanityCheck): MessageInitShape<typeof SanityCheckSchema> {
  const { source, results } = check;
  const { projectId, runId, epoch, rows } = source;
  return {
    ...jobResourceMessage(check),
    projectId,
    runId,
    epoch,
    sampleCount: rows.length,
    results: results.map(({ algorithm, steps, passed }) => ({
      algorithm: heatMapNumbers.number(algorithm),
      method: algorithm,
      passed,
      steps: steps.map((step) => ({ ...step })),
    })),
  };
}
