import { Inject } from '@nestjs/common';
import { DashboardSchema } from '@noema/contracts/noema/quality/v1/dashboard';
import {
  type CreateDashboardRequest,
  type DeleteDashboardRequest,
  type GetDashboardRequest,
  type ListDashboardsRequest,
  DashboardService as Service,
  type UpdateDashboardRequest,
} from '@noema/contracts/noema/quality/v1/dashboard_service';
import { type CallContext, parseChanges, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { dashboardMessage } from './dashboard.mapper.js';
import { DashboardService } from './dashboard.service.js';

/** Serves noema.quality.v1.DashboardService. */
@GrpcService(Service)
export class DashboardController implements Handlers<typeof Service> {
  constructor(
    @Inject(DashboardService) private readonly dashboards: DashboardService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createDashboard(request: CreateDashboardRequest, ctx: CallContext) {
    return this.commands.run(ctx, request, async () => ({
      dashboard: dashboardMessage(await this.dashboards.create(ctx.principal, request)),
    }));
  }

  async getDashboard({ dashboardId }: GetDashboardRequest, { principal }: CallContext) {
    return { dashboard: dashboardMessage(await this.dashboards.get(principal.teamId, dashboardId)) };
  }

  async listDashboards(request: ListDashboardsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.dashboards.list(principal.teamId, request.projectId, request);
    return { dashboards: items.map(dashboardMessage), nextPageToken };
  }

  async updateDashboard({ dashboard, updateMask }: UpdateDashboardRequest, { principal }: CallContext) {
    const change = parseChanges(DashboardSchema, dashboard, updateMask, ['displayName', 'document', 'draft']);
    const { id = '', etag = '' } = dashboard ?? {};
    return {
      dashboard: dashboardMessage(await this.dashboards.update(principal.teamId, id, { ...change, etag })),
    };
  }

  async deleteDashboard({ dashboardId }: DeleteDashboardRequest, { principal }: CallContext) {
    await this.dashboards.delete(principal.teamId, dashboardId);
    return {};
  }
}
