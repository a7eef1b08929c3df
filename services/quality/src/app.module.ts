import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { QualityConfig } from './config.js';
import { DashboardController } from './dashboard/dashboard.controller.js';
import { DashboardRepository } from './dashboard/dashboard.repository.js';
import { DashboardService } from './dashboard/dashboard.service.js';

/** The API of the quality service. */
export class AppModule {
  static register(host: Host<QualityConfig>): DynamicModule {
    return {
      module: AppModule,
      // With jobs, the host keeps an audit log, reports usage, and deletes what deleted teams and projects had.
      imports: [HostModule.register(host, { jobs: new JobStore(host.database()) })],
      providers: [WorkspaceProjects, DashboardRepository, DashboardService, DashboardController],
    };
  }
}
