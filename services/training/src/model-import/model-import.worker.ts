import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { ModelImportExecutor } from './model-import.executor.js';
import type { ModelImport } from './model-import.js';
import { MODEL_IMPORT } from './model-import.queue.js';

/** Does the jobs that import models. */
@Injectable()
export class ModelImportWorker extends JobWorker {
  readonly kind: JobKind<ModelImport>;

  constructor(@Inject(ModelImportExecutor) executor: ModelImportExecutor) {
    super();
    this.kind = {
      kind: MODEL_IMPORT,
      stages: [
        {
          name: 'import',
          run: async (shard) => {
            const { teamId, payload } = shard.job;
            await executor.execute(teamId, payload, shard);
            return { result: { modelVersionId: payload.modelVersionId } };
          },
        },
      ],
    };
  }
}
