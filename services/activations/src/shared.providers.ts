import type { Provider } from '@nestjs/common';
import { provideWithClients, WorkspaceProjects } from '@noema/host';
import { DatasetCatalog } from '@noema/population';
import { ActivationSetRepository } from './activation-set/activation-set.repository.js';
import { ActivationSetArtifactStore } from './activation-set/activation-set-artifacts.store.js';
import { ActivationShardRepository } from './activation-set/activation-shard.repository.js';
import { PerceptionSpaceRepository } from './perception-space/perception-space.repository.js';
import { PerceptionSpaceService } from './perception-space/perception-space.service.js';

/** Providers of the API and of the workers. */
export const sharedProviders: Provider[] = [
  provideWithClients(DatasetCatalog),
  WorkspaceProjects,
  ActivationSetRepository,
  ActivationShardRepository,
  ActivationSetArtifactStore,
  PerceptionSpaceRepository,
  PerceptionSpaceService,
];
