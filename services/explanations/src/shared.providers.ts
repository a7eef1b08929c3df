import type { Provider } from '@nestjs/common';
import { provideWithClients } from '@noema/host';
import { DatasetCatalog, SampleScores } from '@noema/population';
import { AnalysisArtifactStore } from './heat-map/analysis-artifacts.store.js';
import { ActivationsClient } from './peers/activations.client.js';
import { TrainingClient } from './peers/training.client.js';
import { ServedModelRepository } from './served-model/served-model.repository.js';

/** Providers of every noun of this service, in the API and in the workers. */
export const sharedProviders: Provider[] = [
  provideWithClients(DatasetCatalog),
  provideWithClients(SampleScores),
  AnalysisArtifactStore,
  ServedModelRepository,
  TrainingClient,
  ActivationsClient,
];
