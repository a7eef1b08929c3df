import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import { type JobKind, TypedStages } from '@noema/jobs';
import { toStepControl, type Payload } from '../jobs/parted.job.js';
import { SelectionAnalysisExecutor } from './selection-analysis.executor.js';
import type { SelectionSums } from './selection-analysis.js';
import { SELECTION_ANALYSIS } from './selection-analysis.queue.js';

/** Does the jobs that create selection analyses: all workers explain rows, one draws their means. */
@Injectable()
export class SelectionAnalysisWorker extends JobWorker {
  readonly kind: JobKind<Payload>;

  constructor(@Inject(SelectionAnalysisExecutor) executor: SelectionAnalysisExecutor) {
    super();
    this.kind = {
      kind: SELECTION_ANALYSIS,
      stages: TypedStages.of<Payload, SelectionSums>({
        name: 'explain',
        run: async (context) => {
          const { teamId, payload } = context.job;
          const control = toStepControl(context, 'samples');
          return { result: await executor.explain(teamId, payload.id, context.index, control) };
        },
      }).followedBy({
        name: 'draw',
        run: async ({ job, results }) => {
          const { commit } = await executor.draw(job.teamId, job.payload.id, results);
          return { result: null, commit };
        },
      }).list,
    };
  }
}
