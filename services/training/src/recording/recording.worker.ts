import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { RecordedEpochExecutor } from './recorded-epoch.executor.js';
import { toBranchEpoch } from './recording.js';
import { RECORDING, type RecordingPayload } from './recording.queue.js';

/** Does the jobs of recordings. */
@Injectable()
export class RecordingWorker extends JobWorker {
  readonly kind: JobKind<RecordingPayload>;

  constructor(@Inject(RecordedEpochExecutor) executor: RecordedEpochExecutor) {
    super();
    this.kind = {
      kind: RECORDING,
      stages: [
        {
          name: 'epochs',
          run: async (shard) => {
            // Shard 0 waits for the end of the recording, and has nothing to do.
            if (shard.index === 0) return { result: 0 };
            const { teamId, payload } = shard.job;
            return {
              result: await executor.execute(teamId, payload.runId, toBranchEpoch(shard.index), shard),
            };
          },
        },
      ],
    };
  }
}
