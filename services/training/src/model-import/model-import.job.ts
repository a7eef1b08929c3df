import type { JobKind, JobStore, Json } from '@noema/jobs';
import type { ModelImport } from './model-import.js';
import type { ModelImportExecutor } from './model-import.executor.js';
import type { ImportJobs } from './model-import.ports.js';

/** The kind of the jobs that import models. */
export const IMPORT_JOB = 'training.import';

/** Imports as jobs of one shard. */
export class JobImports implements ImportJobs {
  constructor(private readonly jobs: JobStore) {}

  start(teamId: string, order: ModelImport): Promise<string> {
    return this.jobs.create({
      kind: IMPORT_JOB,
      teamId,
      subjectId: order.modelId,
      payload: order as unknown as Json,
    });
  }
}

/** What a worker does with such a job. */
export const importJob = (executor: ModelImportExecutor): JobKind<ModelImport> => ({
  kind: IMPORT_JOB,
  stages: [
    {
      name: 'import',
      run: async (shard) => {
        await executor.execute(shard.job.teamId, shard.job.payload, {
          signal: shard.signal,
          progress: (done, total, message) => {
            shard.progress(done, total, 'steps', message);
          },
          commit: (work) => shard.commit(work),
        });
        return { result: { modelVersionId: shard.job.payload.modelVersionId } };
      },
    },
  ],
});
