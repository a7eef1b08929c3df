import type { DynamicModule, Provider } from '@nestjs/common';
import { Engine } from '@noema/engine';
import { deviceOf, type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { DatasetCatalog } from '@noema/population';
import { JobStore } from '@noema/jobs';
import { systemClock as clock } from '@noema/kernel';
import type { TrainingConfig } from './config.js';
import { EvaluationUseCases } from './evaluation/evaluation.service.js';
import { ModelUseCases } from './model/model.service.js';
import { ModelImports } from './model-import/model-import.service.js';
import { RunUseCases } from './run/run.service.js';
import { ImportersReader } from './model-import/model-file.reader.js';
import { CompilerThreads } from './engine/compiler.threads.js';
import { OnnxTrainingEngine } from './engine/onnx.training.engine.js';
import { OutboxRunEvents } from './run/run.events.js';
import { EpochController } from './epoch/epoch.controller.js';
import { EvaluationController } from './evaluation/evaluation.controller.js';
import { ModelController } from './model/model.controller.js';
import { RunController } from './run/run.controller.js';
import { IMPORT_JOB, JobImports } from './model-import/model-import.job.js';
import { JobRuns, RUN_JOB, settledRuns } from './run/run.job.js';
import { PostgresModels } from './model/model.repository.js';
import { namedArtifacts } from './named-artifacts.js';
import { PostgresRuns } from './run/run.repository.js';
import type { TrainingSchema } from './schema.js';
import { ArtifactDatasetReader } from './dataset/dataset.reader.js';
import { ArtifactEpochs } from './epoch/epoch.store.js';
import { StoredModelFiles } from './model-import/model-file.store.js';
import { ArtifactTopologies } from './model/topology.store.js';

/** The API of the training service. */
export class AppModule {
  static register(host: Host<TrainingConfig>): DynamicModule {
    const work = host.database<TrainingSchema>();
    const [models, runs, compiler, topologies] = [
      new PostgresModels(work),
      new PostgresRuns(work),
      new CompilerThreads(),
      new ArtifactTopologies(host.store()),
    ];
    const [projects, datasets, events] = [
      new WorkspaceProjects(host.clients()),
      new DatasetCatalog(host.clients()),
      new OutboxRunEvents(host.outbox()),
    ];
    const jobs = new JobStore(work, {
      settled: settledRuns(runs, events),
      device: deviceOf(host.config.engineBackend),
    });
    // Only asked for names here; its threads start with the first program.
    const engine = new OnnxTrainingEngine(Engine.start({ threads: 1 }), host.config.engineBackend);
    const providers: Provider[] = [
      {
        provide: ModelUseCases,
        useValue: new ModelUseCases(work, models, compiler, topologies, projects, clock),
      },
      {
        provide: ModelImports,
        useValue: new ModelImports({
          work,
          models,
          projects,
          files: new StoredModelFiles(host.store()),
          reader: new ImportersReader(host.config.importMemoryBytes),
          jobs: new JobImports(jobs),
          mostBytes: host.config.importBytes,
        }),
      },
      {
        provide: RunUseCases,
        useValue: new RunUseCases({
          work,
          runs,
          models,
          compiler,
          topologies,
          projects,
          datasets,
          engine,
          planner: compiler,
          jobs: new JobRuns(jobs),
          clock,
          workers: host.config.trainerWorkers,
        }),
      },
      {
        provide: EvaluationUseCases,
        useValue: new EvaluationUseCases(
          {
            work,
            runs,
            store: new ArtifactEpochs(host.store()),
            datasets,
            reader: new ArtifactDatasetReader(host.store(), host.config.residentBytes),
          },
          { historyBytes: host.config.historyCacheBytes },
        ),
      },
    ];
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, { jobs, jobKinds: [RUN_JOB, IMPORT_JOB], artifacts: namedArtifacts }),
      ],
      providers: [...providers, ModelController, RunController, EpochController, EvaluationController],
    };
  }
}
