import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { InsightSearchExecutor } from './insight-search.executor.js';
import { SEARCH } from './insight-search.queue.js';

/** Parts of the progress that people see. */
const PARTS = 1000;

/** Does the jobs that search for insights. */
@Injectable()
export class InsightSearchWorker extends JobWorker {
  readonly kind: JobKind<{ readonly id: string }>;

  constructor(@Inject(InsightSearchExecutor) executor: InsightSearchExecutor) {
    super();
    this.kind = {
      kind: SEARCH,
      stages: [
        {
          name: 'search',
          run: async (context) => {
            const { teamId, payload } = context.job;
            const commit = await executor.search(teamId, payload.id, {
              signal: context.signal,
              progress: (share, title) => {
                context.progress(Math.floor(share * PARTS), PARTS, 'parts', title);
              },
            });
            return { result: null, commit };
          },
        },
      ],
    };
  }
}
