import type { DynamicModule } from '@nestjs/common';
import { DatasetCatalog } from '@noema/population';
import { Engine, requireDevice } from '@noema/engine';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import { systemClock as clock } from '@noema/kernel';
import type { TrainingConfig } from './config.js';
import { ModelImportExecutor } from './model-import/model-import.executor.js';
import { RunExecutor } from './run/run.executor.js';
import { ImportersReader } from './model-import/model-file.reader.js';
import { LayersCompiler } from './engine/layers.compiler.js';
import { OnnxTrainingEngine } from './engine/onnx.training.engine.js';
import { OutboxRunEvents } from './run/run.events.js';
import { importJob } from './model-import/model-import.job.js';
import { runJob, settledRuns } from './run/run.job.js';
import { ownArtifacts } from './own-artifacts.js';
import { PostgresModels } from './model/model.repository.js';
import { PostgresRuns } from './run/run.repository.js';
import type { TrainingSchema } from './schema.js';
import { ArtifactDatasetReader } from './dataset/dataset.reader.js';
import { ArtifactEpochs } from './epoch/epoch.store.js';
import { StoredModelFiles } from './model-import/model-file.store.js';
import { ArtifactTopologies } from './model/topology.store.js';

/** A worker of the training service: it does runs, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<TrainingConfig>): DynamicModule {
    const work = host.database<TrainingSchema>();
    const [models, runs, events] = [
      new PostgresModels(work),
      new PostgresRuns(work),
      new OutboxRunEvents(host.outbox()),
    ];
    const threads = Engine.start({
      threads: host.config.trainerWorkers,
      backend: host.config.engineBackend,
      workerBytes: host.config.workerBytes,
    });
    host.onClose(() => threads.close());
    const [compiler, topologies] = [new LayersCompiler(), new ArtifactTopologies(host.store())];
    const imports = new ModelImportExecutor({
      work,
      models,
      compiler,
      topologies,
      files: new StoredModelFiles(host.store()),
      reader: new ImportersReader(host.config.importMemoryBytes),
      clock,
    });
    const executor = new RunExecutor({
      work,
      runs,
      models,
      compiler,
      topologies,
      datasets: new DatasetCatalog(host.clients()),
      reader: new ArtifactDatasetReader(host.store(), host.config.residentBytes),
      engine: new OnnxTrainingEngine(threads, host.config.engineBackend, host.config.workerBytes),
      store: new ArtifactEpochs(host.store()),
      events,
      clock,
    });
    return {
      module: WorkerModule,
      imports: [
        HostModule.register(host, {
          kinds: [runJob(executor), importJob(imports)],
          settled: settledRuns(runs, events),
        }),
      ],
      // A worker that was asked for a device and has none does not start.
      providers: [
        { provide: 'device', useFactory: () => requireDevice(host.config.engineBackend) },
        { provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) },
      ],
    };
  }
}
