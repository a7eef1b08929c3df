import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { Port } from '@noema/kernel';
import type { ProjectionConfig } from './config.js';
import { MapThread } from './engine/map.thread.js';
import { ExplorationEvents } from './exploration/exploration.events.js';
import { LineageWorker } from './lineage/lineage.worker.js';
import { MapExecutor } from './map/map.executor.js';
import { MapWorker } from './map/map.worker.js';
import { MatrixStore } from './map/matrix.store.js';
import { TrainingClient } from './peers/training.client.js';
import { ProjectionExecutor } from './projection/projection.executor.js';
import { LabelStore } from './sample/label.store.js';
import { SampleMatcher } from './sample/sample.matcher.js';
import { sharedProviders } from './shared.providers.js';

/** A worker that makes maps, and keeps the store clean. */
export class WorkerModule {
  /** `thread` makes the maps; by default a thread of its own. */
  static register(host: Host<ProjectionConfig>, thread?: Port<MapThread>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { jobs: new JobStore(host.database()) })],
      providers: [
        ...sharedProviders,
        thread === undefined ? MapThread : { provide: MapThread, useValue: thread },
        MatrixStore,
        LabelStore,
        SampleMatcher,
        TrainingClient,
        ExplorationEvents,
        ProjectionExecutor,
        MapExecutor,
        MapWorker,
        LineageWorker,
      ],
    };
  }
}
