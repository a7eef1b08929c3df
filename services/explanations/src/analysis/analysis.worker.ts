import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { type Payload, partedJob } from '../jobs/parted.job.js';
import { AnalysisExecutor } from './analysis.executor.js';
import { ANALYSIS } from './analysis.queue.js';

/** Does the jobs that create analyses, in shards of a few classes. */
@Injectable()
export class AnalysisWorker extends JobWorker {
  readonly kind: JobKind<Payload>;

  constructor(@Inject(AnalysisExecutor) executor: AnalysisExecutor) {
    super();
    this.kind = partedJob(ANALYSIS, {
      stage: 'explain',
      unit: 'steps',
      make: (...step) => executor.explain(...step),
      publish: (...step) => executor.publish(...step),
    });
  }
}
