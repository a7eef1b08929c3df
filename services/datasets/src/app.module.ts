import type { DynamicModule, Provider } from '@nestjs/common';
import { type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { DatasetsConfig } from './config.js';
import { CheckTurns } from './domain/check.turns.js';
import { Datasets } from './domain/dataset-version.service.js';
import { Integrations } from './domain/integration.service.js';
import { Pictures } from './domain/picture.service.js';
import { Samples } from './domain/sample.service.js';
import { Shards } from './domain/shards.js';
import { Slices } from './domain/slice.service.js';
import { DatasetController } from './grpc/dataset.controller.js';
import { IntegrationController } from './grpc/integration.controller.js';
import { SampleController } from './grpc/sample.controller.js';
import { SliceController } from './grpc/slice.controller.js';
import { WorkspaceSecrets } from './grpc/workspace.secrets.js';
import { QueuedIngestions } from './jobs/ingestion.queue.js';
import { PostgresDatasets } from './postgres/dataset.repository.js';
import { PostgresIntegrations } from './postgres/integration.repository.js';
import { namedArtifacts } from './postgres/named.artifacts.js';
import type { DatasetsSchema } from './postgres/schema.js';
import { PostgresSlices } from './postgres/slice.repository.js';
import { checkRunnerOf } from './integration-runner.js';
import { INGEST } from './jobs/ingestion.job.js';
import { sharpPainter } from './sharp/sharp.painter.js';
import { StoredBundles } from './store/bundle.store.js';
import { StoredIngestions } from './store/ingestion.store.js';
import { OpenSampleTables } from './store/sample.tables.js';
import { VisualShards } from './store/visual.shards.js';

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
