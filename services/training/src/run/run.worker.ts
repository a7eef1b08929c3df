import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { RunExecutor } from './run.executor.js';
import { RUN, type RunPayload } from './run.queue.js';

/** Does the jobs that do runs. */
@Injectable()
export class RunWorker extends JobWorker {
  readonly kind: JobKind<RunPayload>;

  constructor(@Inject(RunExecutor) executor: RunExecutor) {
    super();
    this.kind = {
      kind: RUN,
      stages: [
        {
          name: 'train',
          run: async (shard) => ({
            result: await executor.execute(shard.job.teamId, shard.job.payload.runId, shard),
          }),
        },
      ],
    };
  }
}
