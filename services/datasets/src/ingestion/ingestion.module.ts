import type { Provider } from '@nestjs/common';
import { JobStore, TeamQuotas } from '@noema/jobs';
import { type AnyDatabase, Database } from '@noema/postgres';
import { DatasetVersionEvents } from '../dataset-version/dataset-version.events.js';
import { DatasetVersionRepository } from '../dataset-version/dataset-version.repository.js';
import { IngestionCleaner } from './ingestion.cleaner.js';
import { IngestionExecutor } from './ingestion.executor.js';
import { IngestionStore } from './ingestion.store.js';
import { SourceRunner } from './source.runner.js';
import { IngestionWorker } from './ingestion.worker.js';

/** Providers of the workers that ingest. */
export const ingestionWork: Provider[] = [
  SourceRunner,
  { provide: JobStore, inject: [Database], useFactory: (db: AnyDatabase) => new JobStore(db) },
  { provide: TeamQuotas, inject: [Database], useFactory: (db: AnyDatabase) => new TeamQuotas(db) },
  DatasetVersionRepository,
  DatasetVersionEvents,
  IngestionStore,
  IngestionExecutor,
  IngestionCleaner,
  IngestionWorker,
];
