import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { projectionAlgorithms } from '@noema/manifold';
import { clusterMethods } from './clustering/cluster-methods.js';
import type { ProjectionConfig } from './config.js';
import { ExplorationController } from './exploration/exploration.controller.js';
import { ExplorationService } from './exploration/exploration.service.js';
import { LOOK } from './lineage/lineage.queue.js';
import { beginNextMap } from './lineage/lineage.settled.js';
import { MAP } from './map/map.queue.js';
import { NeighborGraphReadyConsumer } from './neighbor-graph/neighbor-graph-ready.consumer.js';
import { PointService } from './point/point.service.js';
import { PointStore } from './point/point.store.js';
import { ProjectionService } from './projection/projection.service.js';
import { sharedProviders } from './shared.providers.js';

/** The API of the projection service. */
export class AppModule {
  static register(host: Host<ProjectionConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs: new JobStore(host.database(), { settled: beginNextMap(host) }),
          jobKinds: [MAP, LOOK],
          methods: { projection: projectionAlgorithms, clustering: clusterMethods },
        }),
      ],
      providers: [
        ...sharedProviders,
        NeighborGraphReadyConsumer,
        ExplorationService,
        ProjectionService,
        PointStore,
        PointService,
        ExplorationController,
      ],
    };
  }
}
