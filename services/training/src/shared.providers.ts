import type { Provider } from '@nestjs/common';
import { provideWithClients } from '@noema/host';
import { DatasetCatalog } from '@noema/population';
import { DatasetReader } from './dataset/dataset.reader.js';
import { EpochRepository } from './epoch/epoch.repository.js';
import { EpochStore } from './epoch/epoch.store.js';
import { ModelRepository } from './model/model.repository.js';
import { ModelVersionRepository } from './model/model-version.repository.js';
import { TopologyStore } from './model/topology.store.js';
import { ModelFileReader } from './model-import/model-file.reader.js';
import { ModelFileStore } from './model-import/model-file.store.js';
import { RunRepository } from './run/run.repository.js';

/** Providers of the API and of the workers. */
export const sharedProviders: Provider[] = [
  provideWithClients(DatasetCatalog),
  DatasetReader,
  ModelRepository,
  ModelVersionRepository,
  TopologyStore,
  ModelFileReader,
  ModelFileStore,
  RunRepository,
  EpochRepository,
  EpochStore,
];
