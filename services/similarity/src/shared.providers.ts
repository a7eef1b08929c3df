import type { Provider } from '@nestjs/common';
import { ActivationSetRepository } from './activation-set/activation-set.repository.js';
import { MatrixStore } from './activation-set/matrix.store.js';
import { NeighborGraphRepository } from './neighbor-graph/neighbor-graph.repository.js';
import { IndexKinds } from './vector-index/index-kinds.js';
import { VectorIndexRepository } from './vector-index/vector-index.repository.js';

/** Providers of the API and of the workers. */
export const sharedProviders: Provider[] = [
  ActivationSetRepository,
  VectorIndexRepository,
  NeighborGraphRepository,
  MatrixStore,
  IndexKinds,
];
