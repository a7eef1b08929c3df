import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import type { SimilarityConfig } from './config.js';
import { Indexing } from './domain/indexing.service.js';
import { RemovalService } from './domain/removal.service.js';
import { Search } from './domain/search.service.js';
import { ActivationSetReadyConsumer } from './events/activation-set-ready.consumer.js';
import { IndexController } from './grpc/index.controller.js';
import { NeighborGraphController } from './grpc/neighbor-graph.controller.js';
import { SimilarityController } from './grpc/similarity.controller.js';
import { wire } from './adapters.js';
import { BUILD } from './jobs/build.queue.js';
import { namedArtifacts } from './postgres/named.artifacts.js';

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
