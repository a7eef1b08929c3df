import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { type Payload, partedJob } from '../jobs/parted.job.js';
import { SimilarityAnalysisExecutor } from './similarity-analysis.executor.js';
import { SIMILARITY_ANALYSIS } from './similarity-analysis.queue.js';

/** Does the jobs that create similarity analyses, in shards of a few samples. */
@Injectable()
export class SimilarityAnalysisWorker extends JobWorker {
  readonly kind: JobKind<Payload>;

  constructor(@Inject(SimilarityAnalysisExecutor) executor: SimilarityAnalysisExecutor) {
    super();
    this.kind = partedJob(SIMILARITY_ANALYSIS, {
      stage: 'compare',
      unit: 'samples',
      make: (...step) => executor.make(...step),
      publish: (_teamId, id, parts) => executor.publish(id, parts),
    });
  }
}
