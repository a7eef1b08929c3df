import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type GetTeamUsageRequest,
  type ReportUsageRequest,
  UsageService,
} from '@noema/contracts/noema/workspace/v1/usage_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Usage } from './usage.service.js';
import { usageOfMessage } from './usage.mapper.js';

@GrpcService(UsageService)
export class UsageController implements Handlers<typeof UsageService> {
  constructor(@Inject(Usage) private readonly usage: Usage) {}

  async getTeamUsage(req: GetTeamUsageRequest, { principal }: CallContext) {
    const { quotas, compute, reportedAt } = await this.usage.get(principal, req.teamId);
    return {
      usage: {
        quotas: [...quotas],
        compute: [...compute],
        ...(reportedAt && { reportTime: timestampFromDate(reportedAt) }),
      },
    };
  }

  async reportUsage(req: ReportUsageRequest, { principal }: CallContext) {
    const { quota, elsewhere } = await this.usage.report(principal, usageOfMessage(req.usage));
    return { quota, elsewhere: { ...elsewhere, compute: [] } };
  }
}
