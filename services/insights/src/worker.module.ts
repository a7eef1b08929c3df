import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import type { InsightsConfig } from './config.js';
import { SearchThread } from './engine/search.thread.js';
import { InsightKeeper } from './insight/insight.keeper.js';
import { InsightSearchEvents } from './insight-search/insight-search.events.js';
import { InsightSearchExecutor } from './insight-search/insight-search.executor.js';
import { InsightSearchWorker } from './insight-search/insight-search.worker.js';
import { PopulationReader } from './population/population.reader.js';
import { sharedProviders } from './shared.providers.js';

/** A worker that searches for insights, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<InsightsConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host)],
      providers: [
        ...sharedProviders,
        ...[PopulationReader, SearchThread, InsightKeeper],
        ...[InsightSearchEvents, InsightSearchExecutor, InsightSearchWorker],
      ],
    };
  }
}
