import type { DynamicModule, Provider } from '@nestjs/common';
import { type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { DatasetsConfig } from './config.js';
import { CheckTurns } from './integration/check.turns.js';
import { Datasets } from './dataset-version/dataset-version.service.js';
import { Integrations } from './integration/integration.service.js';
import { Pictures } from './visual/visual.service.js';
import { Samples } from './sample/sample.service.js';
import { Shards } from './dataset-version/shards.js';
import { Slices } from './slice/slice.service.js';
import { DatasetController } from './dataset-version/dataset-version.controller.js';
import { IntegrationController } from './integration/integration.controller.js';
import { SampleController } from './sample/sample.controller.js';
import { SliceController } from './slice/slice.controller.js';
import { WorkspaceSecrets } from './peers/workspace.client.js';
import { QueuedIngestions } from './ingestion/ingestion.queue.js';
import { PostgresDatasets } from './dataset-version/dataset-version.repository.js';
import { PostgresIntegrations } from './integration/integration.repository.js';
import { namedArtifacts } from './named-artifacts.js';
import type { DatasetsSchema } from './schema.js';
import { PostgresSlices } from './slice/slice.repository.js';
import { checkRunnerOf } from './runner/integration-runner.js';
import { INGEST } from './ingestion/ingestion.worker.js';
import { sharpPainter } from './sharp/sharp.painter.js';
import { StoredBundles } from './bundle/bundle.store.js';
import { StoredIngestions } from './ingestion/ingestion.store.js';
import { OpenSampleTables } from './sample/sample.tables.js';
import { VisualShards } from './visual/visual.store.js';

/** The API of the datasets service. */
export class AppModule {
  static register(host: Host<DatasetsConfig>): DynamicModule {
    const db = host.database<DatasetsSchema>();
    const jobs = new JobStore(db);
    const runner = checkRunnerOf(host.config, host.store());
    const turns = new CheckTurns({
      atOnce: host.config.checksAtOnce,
      waitMs: host.config.checkSeconds * 1000,
    });
    host.onClose(() => runner.close());
    const [repository, integrations, projects] = [
      new PostgresDatasets(db),
      new PostgresIntegrations(db),
      new WorkspaceProjects(host.clients()),
    ];
    const datasets = new Datasets({
      unitOfWork: db,
      repository,
      integrations,
      projects,
      jobs: new QueuedIngestions(jobs),
      artifacts: new StoredIngestions(host.store()),
      runner,
    });
    const [shards, tables, visuals] = [
      new Shards(db, repository),
      new OpenSampleTables(host.store()),
      new VisualShards(host.store()),
    ];
    host.onClose(() => tables.close());
    const providers: Provider[] = [
      { provide: Datasets, useValue: datasets },
      {
        provide: Integrations,
        useValue: new Integrations({
          unitOfWork: db,
          repository: integrations,
          runner,
          projects,
          bundles: new StoredBundles(host.store()),
          secrets: new WorkspaceSecrets(host.clients()),
          turns,
        }),
      },
      { provide: Samples, useValue: new Samples({ datasets, shards, tables, visuals }) },
      {
        provide: Slices,
        useValue: new Slices({ unitOfWork: db, datasets, tables, repository: new PostgresSlices(db) }),
      },
      { provide: Pictures, useValue: new Pictures({ datasets, shards, visuals, painter: sharpPainter }) },
    ];
    return {
      module: AppModule,
      imports: [HostModule.register(host, { jobs, jobKinds: [INGEST], artifacts: namedArtifacts })],
      providers: [...providers, IntegrationController, DatasetController, SampleController, SliceController],
    };
  }
}
