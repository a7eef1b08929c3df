import type { Provider } from '@nestjs/common';
import { provideWithClients } from '@noema/host';
import { DatasetCatalog } from '@noema/population';
import { VerdictRepository } from './audit/verdict.repository.js';
import { EvidenceStore } from './insight/evidence.store.js';
import { InsightRepository } from './insight/insight.repository.js';
import { InsightSearchRepository } from './insight-search/insight-search.repository.js';
import { ActivationsClient } from './peers/activations.client.js';
import { SimilarityClient } from './peers/similarity.client.js';
import { TrainingClient } from './peers/training.client.js';

/** Providers of the API and of the workers. */
export const sharedProviders: Provider[] = [
  ...[provideWithClients(DatasetCatalog), ActivationsClient, SimilarityClient, TrainingClient],
  ...[InsightSearchRepository, InsightRepository, VerdictRepository, EvidenceStore],
];
