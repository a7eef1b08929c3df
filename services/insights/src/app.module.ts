import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { insightKinds } from '@noema/insights';
import { JobStore } from '@noema/jobs';
import { AuditService } from './audit/audit.service.js';
import type { InsightsConfig } from './config.js';
import { ExportService } from './insight/export.service.js';
import { InsightController } from './insight/insight.controller.js';
import { InsightService } from './insight/insight.service.js';
import { MemberService } from './insight/member.service.js';
import { EpochCompletedConsumer } from './insight-search/epoch-completed.consumer.js';
import { InsightSearchController } from './insight-search/insight-search.controller.js';
import { InsightSearchQueue, SEARCH } from './insight-search/insight-search.queue.js';
import { InsightSearchService } from './insight-search/insight-search.service.js';
import { NeighborGraphReadyConsumer } from './insight-search/neighbor-graph-ready.consumer.js';
import { RunFinishedConsumer } from './insight-search/run-finished.consumer.js';
import { InsightSettingsRepository } from './insight-settings/insight-settings.repository.js';
import { InsightSettingsService } from './insight-settings/insight-settings.service.js';
import { SamplesClient } from './peers/samples.client.js';
import { sharedProviders } from './shared.providers.js';
import { WaitingRunRepository } from './waiting-run/waiting-run.repository.js';
import { WaitingRunSweep } from './waiting-run/waiting-run.sweep.js';

/** The API of the insights service. */
export class AppModule {
  static register(host: Host<InsightsConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs: new JobStore(host.database()),
          jobKinds: [SEARCH],
          methods: { insight: insightKinds },
        }),
      ],
      providers: [
        ...sharedProviders,
        ...[InsightSearchQueue, InsightSearchService, InsightSearchController],
        ...[WorkspaceProjects, InsightSettingsRepository, InsightSettingsService],
        ...[WaitingRunRepository, WaitingRunSweep],
        ...[RunFinishedConsumer, NeighborGraphReadyConsumer, EpochCompletedConsumer],
        ...[SamplesClient, InsightService, MemberService, ExportService, InsightController],
        AuditService,
      ],
    };
  }
}
