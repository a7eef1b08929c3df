import type { Provider } from '@nestjs/common';
import { provideWithClients } from '@noema/host';
import { DatasetCatalog } from '@noema/population';
import { ExplorationRepository } from './exploration/exploration.repository.js';
import { LineageQueue } from './lineage/lineage.queue.js';
import { LineageService } from './lineage/lineage.service.js';
import { MapQueue } from './map/map.queue.js';
import { NeighborGraphRepository } from './neighbor-graph/neighbor-graph.repository.js';
import { ActivationsClient } from './peers/activations.client.js';

/** Providers of the API and of the workers. */
export const sharedProviders: Provider[] = [
  provideWithClients(DatasetCatalog),
  ActivationsClient,
  NeighborGraphRepository,
  ExplorationRepository,
  MapQueue,
  LineageQueue,
  LineageService,
];
