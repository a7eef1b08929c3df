import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import type { DatasetsConfig } from './config.js';
import { datasetVersionApi } from './dataset-version/dataset-version.module.js';
import { INGEST } from './ingestion/ingestion.queue.js';
import { integrationApi } from './integration/integration.module.js';
import { TrainingClient } from './peers/training.client.js';
import { WorkspaceClient } from './peers/workspace.client.js';
import { sampleObjectApi } from './sample-object/sample-object.module.js';
import { runnerApi } from './runner/runner.module.js';
import { sampleApi } from './sample/sample.module.js';
import { sliceApi } from './slice/slice.module.js';
import { uploadApi } from './upload/upload.module.js';
import { visualApi } from './visual/visual.module.js';

/** The API of the datasets service. */
export class AppModule {
  static register(host: Host<DatasetsConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs: new JobStore(host.database()),
          jobKinds: [INGEST],
        }),
      ],
      providers: [
        WorkspaceProjects,
        WorkspaceClient,
        TrainingClient,
        ...sampleObjectApi,
        ...runnerApi,
        ...uploadApi,
        ...integrationApi,
        ...datasetVersionApi,
        ...sampleApi,
        ...visualApi,
        ...sliceApi,
      ],
    };
  }
}
