import type { DynamicModule } from '@nestjs/common';
import { requireDevice } from '@noema/engine';
import { type Host, HostModule, provideWithClients } from '@noema/host';
import { SampleScores } from '@noema/population';
import type { TrainingConfig } from './config.js';
import { TrainingEngine } from './engine/training.engine.js';
import { ModelImportExecutor } from './model-import/model-import.executor.js';
import { ModelImportWorker } from './model-import/model-import.worker.js';
import { RecordStore } from './recording/record.store.js';
import { RecordedGraphReader } from './recording/recorded-graph.reader.js';
import { RecordedEpochExecutor } from './recording/recorded-epoch.executor.js';
import { RecordingRepository } from './recording/recording.repository.js';
import { RecordingWorker } from './recording/recording.worker.js';
import { announceEnds, RunEventPublisher } from './run/run.events.js';
import { RunExecutor } from './run/run.executor.js';
import { RunWorker } from './run/run.worker.js';
import { sharedProviders } from './shared.providers.js';

/** A worker of the training service: it does runs and imports, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<TrainingConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { settled: announceEnds(host), requireDevice })],
      providers: [
        ...sharedProviders,
        TrainingEngine,
        provideWithClients(SampleScores),
        RunEventPublisher,
        RunExecutor,
        RunWorker,
        ModelImportExecutor,
        ModelImportWorker,
        RecordingRepository,
        RecordStore,
        RecordedGraphReader,
        RecordedEpochExecutor,
        RecordingWorker,
      ],
    };
  }
}
