import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { TestJudgmentExecutor } from './test-judgment.executor.js';
import { JUDGE } from './test-judgment.queue.js';

/** Does the jobs that judge runs. */
@Injectable()
export class TestJudgmentWorker extends JobWorker {
  readonly kind: JobKind<{ readonly id: string }>;

  constructor(@Inject(TestJudgmentExecutor) executor: TestJudgmentExecutor) {
    super();
    this.kind = {
      kind: JUDGE,
      stages: [
        {
          name: 'judge',
          run: async (context) => {
            const { teamId, payload } = context.job;
            await executor.judge(teamId, payload.id, {
              signal: context.signal,
              progress: (done, total) => {
                context.progress(done, total, 'tests');
              },
              commit: (work) => context.commit(work),
            });
            return { result: null };
          },
        },
      ],
    };
  }
}
