import type { DynamicModule } from '@nestjs/common';
import { Engine, requireDevice } from '@noema/engine';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import { systemClock as clock } from '@noema/kernel';
import type { TrainingConfig } from './config.js';
import { RunExecutor } from './domain/run.executor.js';
import { LayersCompiler } from './engine/layers.compiler.js';
import { OnnxTrainingEngine } from './engine/onnx.training.engine.js';
import { OutboxRunEvents } from './events/run.events.js';
import { runJob, settledRuns } from './jobs/run.job.js';
import { DatasetsClient } from './peers/datasets.client.js';
import { ownArtifacts } from './own-artifacts.js';
import { PostgresModels } from './postgres/model.repository.js';
import { PostgresRuns } from './postgres/run.repository.js';
import type { TrainingSchema } from './postgres/schema.js';
import { ArtifactDatasetReader } from './store/dataset.reader.js';
import { ArtifactEpochs } from './store/epochs.js';
import { ArtifactTopologies } from './store/topologies.js';

/** A worker of the training service: it does runs, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<TrainingConfig>): DynamicModule {
    const work = host.database<TrainingSchema>();
    const [models, runs, events] = [new PostgresModels(work), new PostgresRuns(work), new OutboxRunEvents(host.outbox())];
    const threads = Engine.start({ threads: host.config.trainerWorkers, backend: host.config.engineBackend });
    host.onClose(() => threads.close());
    const executor = new RunExecutor({
      work, runs, models, compiler: new LayersCompiler(), topologies: new ArtifactTopologies(host.store()), datasets: new DatasetsClient(host.clients()),
      reader: new ArtifactDatasetReader(host.store(), host.config.residentBytes), engine: new OnnxTrainingEngine(threads, host.config.engineBackend), store: new ArtifactEpochs(host.store()), events, clock,
    });
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { kinds: [runJob(executor)], settled: settledRuns(runs, events) })],
      // A worker that was asked for a device and has none does not start.
      providers: [{ provide: 'device', useFactory: () => requireDevice(host.config.engineBackend) }, { provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) }],
    };
  }
}
