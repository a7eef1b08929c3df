import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { BuildExecutor } from './build/build.executor.js';
import { BuildWorker } from './build/build.worker.js';
import type { SimilarityConfig } from './config.js';
import { NeighborGraphEvents } from './neighbor-graph/neighbor-graph.events.js';
import { sharedProviders } from './shared.providers.js';

/** A worker that builds indexes and neighbour graphs, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<SimilarityConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host)],
      providers: [...sharedProviders, NeighborGraphEvents, BuildExecutor, BuildWorker],
    };
  }
}
