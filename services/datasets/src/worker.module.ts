import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import type { DatasetsConfig } from './config.js';
import { ingestionWork } from './ingestion/ingestion.module.js';
import { TrainingClient } from './peers/training.client.js';
import { WorkspaceClient } from './peers/workspace.client.js';
import { sampleObjectWork } from './sample-object/sample-object.module.js';
import { uploadWork } from './upload/upload.module.js';
import { runnerWork } from './runner/runner.module.js';

/** A worker of the datasets service: it ingests, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<DatasetsConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host)],
      providers: [
        WorkspaceClient,
        TrainingClient,
        ...runnerWork,
        ...uploadWork,
        ...sampleObjectWork,
        ...ingestionWork,
      ],
    };
  }
}
