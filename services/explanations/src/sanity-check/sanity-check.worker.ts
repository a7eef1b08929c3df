import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { type Payload, partedJob } from '../jobs/parted.job.js';
import { SanityCheckExecutor } from './sanity-check.executor.js';
import { SANITY_CHECK } from './sanity-check.queue.js';

/** Does the jobs that create sanity checks, in shards of a few samples. */
@Injectable()
export class SanityCheckWorker extends JobWorker {
  readonly kind: JobKind<Payload>;

  constructor(@Inject(SanityCheckExecutor) executor: SanityCheckExecutor) {
    super();
    this.kind = partedJob(SANITY_CHECK, {
      stage: 'randomize',
      unit: 'steps',
      make: (...step) => executor.randomize(...step),
      publish: (teamId, id, parts) => executor.publish(teamId, id, parts),
    });
  }
}
