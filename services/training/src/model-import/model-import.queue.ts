import { Inject, Injectable } from '@nestjs/common';
import { JobStore, titledKind, toJson } from '@noema/jobs';
import type { ModelImport } from './model-import.js';

/** Kind of the jobs that import models. */
export const MODEL_IMPORT = titledKind('training.import', 'Import model');

/** Queues the jobs that import models, each with one shard. */
@Injectable()
export class ModelImportQueue {
  constructor(@Inject(JobStore) private readonly jobs: JobStore) {}

  /** Queues an import in the ambient transaction and returns the id of its job. */
  queue(teamId: string, order: ModelImport): Promise<string> {
    return this.jobs.create({
      kind: MODEL_IMPORT,
      teamId,
      subjectId: order.modelId,
      payload: toJson(order),
    });
  }
}
