import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import type { SimilarityConfig } from './config.js';
import { Indexing } from './vector-index/vector-index.service.js';
import { RemovalService } from './activation-set/removal.service.js';
import { Search } from './search/search.service.js';
import { ActivationSetReadyConsumer } from './activation-set/activation-set-ready.consumer.js';
import { IndexController } from './vector-index/vector-index.controller.js';
import { NeighborGraphController } from './neighbor-graph/neighbor-graph.controller.js';
import { SimilarityController } from './search/search.controller.js';
import { wire } from './adapters.js';
import { BUILD } from './build/build.queue.js';
import { namedArtifacts } from './named-artifacts.js';

/** The API of the similarity service. */
export class AppModule {
  static register(host: Host<SimilarityConfig>): DynamicModule {
    const { jobs, indexing, search, removal } = wire(host);
    return {
      module: AppModule,
      imports: [HostModule.register(host, { jobs, jobKinds: [BUILD], artifacts: namedArtifacts })],
      providers: [
        { provide: Indexing, useFactory: indexing },
        { provide: Search, useFactory: search },
        { provide: RemovalService, useFactory: removal },
        IndexController,
        NeighborGraphController,
        SimilarityController,
        ActivationSetReadyConsumer,
      ],
    };
  }
}
