import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule, provideWithClients } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { DatasetCatalog } from '@noema/population';
import { ActivationSetReadyConsumer } from './activation-set/activation-set-ready.consumer.js';
import { ActivationSetService } from './activation-set/activation-set.service.js';
import { BUILD, BuildQueue } from './build/build.queue.js';
import type { SimilarityConfig } from './config.js';
import { NeighborGraphController } from './neighbor-graph/neighbor-graph.controller.js';
import { NeighborGraphService } from './neighbor-graph/neighbor-graph.service.js';
import { ActivationsClient } from './peers/activations.client.js';
import { PopulationStore } from './search/population.store.js';
import { ProjectedSetStore } from './search/projected-set.store.js';
import { ResponseViewStore } from './search/response-view.store.js';
import { SearchController } from './search/search.controller.js';
import { searchMethods } from './search/search.methods.js';
import { SearchService } from './search/search.service.js';
import { sharedProviders } from './shared.providers.js';
import { indexMethods } from './vector-index/index-kinds.js';
import { IndexOpener } from './vector-index/index.opener.js';
import { VectorIndexController } from './vector-index/vector-index.controller.js';
import { VectorIndexService } from './vector-index/vector-index.service.js';

/** The API of the similarity service. */
export class AppModule {
  static register(host: Host<SimilarityConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs: new JobStore(host.database()),
          jobKinds: [BUILD],
          methods: { search: searchMethods, index: indexMethods(host.config) },
        }),
      ],
      providers: [
        ...sharedProviders,
        provideWithClients(DatasetCatalog),
        ActivationsClient,
        BuildQueue,
        ActivationSetService,
        ActivationSetReadyConsumer,
        VectorIndexService,
        VectorIndexController,
        NeighborGraphService,
        NeighborGraphController,
        IndexOpener,
        PopulationStore,
        ProjectedSetStore,
        ResponseViewStore,
        SearchService,
        SearchController,
      ],
    };
  }
}
