import type { DynamicModule } from '@nestjs/common';
import { lossHeads, metrics, optimizers, schedules } from '@noema/engine';
import { toDevice, type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { TrainingConfig } from './config.js';
import { CompilerThreads } from './engine/compiler.threads.js';
import { EpochController } from './epoch/epoch.controller.js';
import { EpochService } from './epoch/epoch.service.js';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { EvaluationService } from './evaluation/evaluation.service.js';
import { ModelController } from './model/model.controller.js';
import { ModelCardService } from './model/model-card.service.js';
import { ModelService } from './model/model.service.js';
import { ModelAdaptationService } from './model-adaptation/model-adaptation.service.js';
import { MODEL_IMPORT, ModelImportQueue } from './model-import/model-import.queue.js';
import { ModelImportService } from './model-import/model-import.service.js';
import { RecordStore } from './recording/record.store.js';
import { RecordingController } from './recording/recording.controller.js';
import { RECORDING, RecordingQueue } from './recording/recording.queue.js';
import { RecordingRepository } from './recording/recording.repository.js';
import { RecordingService } from './recording/recording.service.js';
import { RunController } from './run/run.controller.js';
import { announceEnds } from './run/run.events.js';
import { RunPlanner } from './run/run.planner.js';
import { RUN, RunQueue } from './run/run.queue.js';
import { RunService } from './run/run.service.js';
import { sharedProviders } from './shared.providers.js';

/** The API of the training service. */
export class AppModule {
  static register(host: Host<TrainingConfig>): DynamicModule {
    const jobs = new JobStore(host.database(), {
      settled: announceEnds(host),
      device: toDevice(host.config.engineBackend),
    });
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs,
          jobKinds: [RUN, MODEL_IMPORT, RECORDING],
          methods: { loss: lossHeads, optimizer: optimizers, metric: metrics, schedule: schedules },
        }),
      ],
      providers: [
        ...sharedProviders,
        WorkspaceProjects,
        CompilerThreads,
        ModelService,
        ModelCardService,
        ModelImportQueue,
        ModelImportService,
        ModelAdaptationService,
        ModelController,
        RunQueue,
        RunPlanner,
        RunService,
        RunController,
        EpochService,
        EpochController,
        EvaluationService,
        EvaluationController,
        RecordingRepository,
        RecordStore,
        RecordingQueue,
        RecordingService,
        RecordingController,
      ],
    };
  }
}
