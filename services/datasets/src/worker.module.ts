import type { DynamicModule } from '@nestjs/common';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import { JobStore, TeamQuotas } from '@noema/jobs';
import type { DatasetsConfig } from './config.js';
import { Ingestion } from './ingestion/ingestion.executor.js';
import { OutboxDatasetEvents } from './dataset-version/dataset-version.events.js';
import { WorkspaceSecrets } from './peers/workspace.client.js';
import { FailedIngestions } from './ingestion/failed.ingestions.js';
import { ingestionJob } from './ingestion/ingestion.worker.js';
import { ownArtifacts } from './own-artifacts.js';
import { PostgresDatasets } from './dataset-version/dataset-version.repository.js';
import type { DatasetsSchema } from './schema.js';
import { runnerOf } from './runner/integration-runner.js';
import { StoredIngestions } from './ingestion/ingestion.store.js';

/** A worker of the datasets service: it ingests, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<DatasetsConfig>): DynamicModule {
    const db = host.database<DatasetsSchema>();
    const repository = new PostgresDatasets(db);
    const runner = runnerOf(host.config, host.store());
    host.onClose(() => runner.close());
    const ingestion = new Ingestion({
      runner,
      store: new StoredIngestions(host.store()),
      repository,
      events: new OutboxDatasetEvents(host.outbox()),
      quota: new TeamQuotas(db),
      secrets: new WorkspaceSecrets(host.clients()),
    });
    const failed = new FailedIngestions(ingestion, new JobStore(db), host.logger);
    host.onClose(() => {
      failed.close();
    });
    return {
      module: WorkerModule,
      imports: [
        HostModule.register(host, {
          kinds: [ingestionJob(ingestion)],
          settled: (job) => failed.settled(job),
        }),
      ],
      providers: [{ provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) }],
    };
  }
}
