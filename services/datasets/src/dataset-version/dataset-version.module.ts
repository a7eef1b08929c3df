import type { Provider } from '@nestjs/common';
import { IngestionQueue } from '../ingestion/ingestion.queue.js';
import { IngestionStore } from '../ingestion/ingestion.store.js';
import { ScoreService } from '../score/score.service.js';
import { DatasetVersionController } from './dataset-version.controller.js';
import { DatasetVersionRepository } from './dataset-version.repository.js';
import { DatasetVersionService } from './dataset-version.service.js';
import { ShardCache } from './shard.cache.js';

/** Providers of the API of dataset versions. */
export const datasetVersionApi: Provider[] = [
  DatasetVersionRepository,
  ShardCache,
  IngestionQueue,
  IngestionStore,
  DatasetVersionService,
  ScoreService,
  DatasetVersionController,
];
