import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind, ShardContext } from '@noema/jobs';
import type { UnitSums } from '../unit/unit-statistics.js';
import { ActivationSetExecutor, type StepControl } from './activation-set.executor.js';
import { ACTIVATION_SET } from './activation-set.queue.js';

interface Payload {
  readonly setId: string;
}

// A type, because JSON is not assignable to an interface.
type Plan = {
  readonly shards: number;
  readonly extract: number;
};

/** Does the jobs that create activation sets: responses are taken in shards over all workers. */
@Injectable()
export class ActivationSetWorker extends JobWorker {
  readonly kind: JobKind<Payload>;

  constructor(@Inject(ActivationSetExecutor) executor: ActivationSetExecutor) {
    super();
    this.kind = {
      kind: ACTIVATION_SET,
      stages: [
        {
          name: 'plan',
          run: async ({ job }) => {
            const { result, commit } = await executor.plan(job.teamId, job.payload.setId);
            return { result: { ...result }, commit };
          },
        },
        {
          name: 'extract',
          shards: ({ results }) => (results[0] as Plan).extract,
          run: (context) => {
            const { job, index } = context;
            return executor.extract(job.teamId, job.payload.setId, index, control(context));
          },
        },
        {
          name: 'basis',
          run: ({ job, signal }) => executor.basis(job.teamId, job.payload.setId, { signal }),
        },
        {
          name: 'project',
          shards: ({ results }) => (results[0] as Plan).shards,
          run: async ({ job, index, signal }) => {
            const { setId } = job.payload;
            const { result, commit } = await executor.project(job.teamId, setId, index, { signal });
            return { result: { ...result }, commit };
          },
        },
        {
          name: 'publish',
          run: ({ job, results }) =>
            executor.publish(job.teamId, job.payload.setId, results as readonly UnitSums[]),
        },
      ],
    };
  }
}

const control = (context: ShardContext<Payload>): StepControl => ({
  signal: context.signal,
  progress: (done, total) => {
    context.progress(done, total, 'samples');
  },
});
