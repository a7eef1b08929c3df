import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type GetTeamUsageRequest,
  type ReportUsageRequest,
  UsageService as Service,
} from '@noema/contracts/noema/workspace/v1/usage_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { usageOfMessage } from './usage.mapper.js';
import { UsageService } from './usage.service.js';

/** Serves noema.workspace.v1.UsageService. */
@GrpcService(Service)
export class UsageController implements Handlers<typeof Service> {
  constructor(@Inject(UsageService) private readonly usage: UsageService) {}

  async getTeamUsage(req: GetTeamUsageRequest, { principal }: CallContext) {
    const { quotas, compute, reportTime } = await this.usage.get(principal, req.teamId);
    return {
      usage: {
        quotas: [...quotas],
        compute: [...compute],
        ...(reportTime && { reportTime: timestampFromDate(reportTime) }),
      },
    };
  }

  async reportUsage(req: ReportUsageRequest, { principal }: CallContext) {
    const { quota, elsewhere } = await this.usage.report(principal, usageOfMessage(req.usage));
    return { quota, elsewhere: { ...elsewhere, compute: [] } };
  }
}
