import type { JobKind, JobStore, ShardContext, Stage } from '@noema/jobs';
import type { ActivationSetJobs } from './activation-set.ports.js';
import type { ExtractionService, StepControl } from './activation-set.executor.js';
import type { UnitSums } from '../unit/unit-statistics.js';

export const KIND = 'activations.extract';

interface Payload {
  readonly setId: string;
}

interface Plan {
  readonly shards: number;
  readonly extract: number;
}

const control = (context: ShardContext<Payload>): StepControl => ({
  signal: context.signal,
  progress: (done, total) => {
    context.progress(done, total, 'samples');
  },
});

/** The job that makes a set: its responses are taken in shards over all workers. */
export function activationSetJob(
  extraction: ExtractionService,
  shardsOf: (teamId: string, setId: string) => Promise<number>,
): JobKind<Payload> {
  const stages: readonly Stage<Payload>[] = [
    {
      name: 'plan',
      run: async ({ job }) => {
        const { result, commit } = await extraction.plan(job.teamId, job.payload.setId);
        return { result: { ...result }, commit };
      },
    },
    {
      name: 'extract',
      shards: ({ results }) => (results[0] as unknown as Plan).extract,
      run: (context) =>
        extraction.extract(context.job.teamId, context.job.payload.setId, context.index, control(context)),
    },
    {
      name: 'basis',
      run: async ({ job, signal }) => {
        const { commit } = await extraction.basis(job.teamId, job.payload.setId, { signal });
        return { result: { shards: await shardsOf(job.teamId, job.payload.setId) }, commit };
      },
    },
    {
      name: 'project',
      shards: ({ results }) => (results[0] as unknown as Plan).shards,
      run: async ({ job, index, signal }) => {
        const { result, commit } = await extraction.project(job.teamId, job.payload.setId, index, { signal });
        return { result: { ...result }, commit };
      },
    },
    {
      name: 'publish',
      run: ({ job, results }) =>
        extraction.publish(job.teamId, job.payload.setId, results as unknown as UnitSums[]),
    },
  ];
  return { kind: KIND, stages };
}

/** Queues the jobs of sets. */
export class QueuedSetJobs implements ActivationSetJobs {
  constructor(private readonly jobs: JobStore) {}

  queue(teamId: string, setId: string): Promise<string> {
    return this.jobs.create({ kind: KIND, teamId, subjectId: setId, payload: { setId } });
  }
}
