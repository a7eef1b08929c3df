import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { projectionAlgorithms } from '@noema/manifold';
import type { ProjectionConfig } from './config.js';
import { clusterMethods } from './domain/cluster-methods.js';
import { Explorations } from './domain/exploration.service.js';
import { Lineage } from './domain/lineage.service.js';
import { Points } from './domain/points.service.js';
import { Projections } from './domain/projection.service.js';
import { NeighborGraphReadyConsumer } from './events/neighbor-graph-ready.consumer.js';
import { ExplorationController } from './grpc/exploration.controller.js';
import { wire } from './adapters.js';
import { MAP, LOOK } from './jobs/map.queue.js';
import { namedArtifacts } from './postgres/named.artifacts.js';

/** The API of the projection service. */
export class AppModule {
  static register(host: Host<ProjectionConfig>): DynamicModule {
    const { jobs, settled, lineage, explorations, points, projections } = wire(host);
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs,
          jobKinds: [MAP, LOOK],
          methods: { projection: projectionAlgorithms, clustering: clusterMethods },
          settled,
          artifacts: namedArtifacts,
        }),
      ],
      providers: [
        { provide: Lineage, useValue: lineage },
        { provide: Explorations, useValue: explorations },
        { provide: Points, useFactory: points },
        { provide: Projections, useFactory: projections },
        ExplorationController,
        NeighborGraphReadyConsumer,
      ],
    };
  }
}
