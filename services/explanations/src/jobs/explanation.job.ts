import type { JobKind, JobStore, Json, ShardContext } from '@noema/jobs';
import type { ExplanationJobs } from '../domain/analysis.ports.js';
import type { ExplanationService, StepControl } from '../domain/explanation.service.js';
import type { RandomizationService } from '../domain/randomization.service.js';
import type { SanityJobs } from '../domain/sanity-check.ports.js';
import type { SelectionSums } from '../domain/selection-analysis.js';
import type { SelectionJobs } from '../domain/selection-analysis.ports.js';
import type { SelectionExplanationService } from '../domain/selection-explanation.service.js';
import type { SharedAreaService } from '../domain/shared-area.service.js';
import type { Slice } from '../domain/slice.js';

export const ANALYSIS = 'explanations.analyze';
export const SIMILARITY = 'explanations.shared-areas';
export const SELECTION = 'explanations.analyze-selection';
export const SANITY = 'explanations.check-sanity';

interface Payload {
  readonly id: string;
  /** Shards of the first stage; absent in jobs that were queued before they were cut, which have one. */
  readonly shards?: number;
}

const control = (context: ShardContext<Payload>, unit: string): StepControl => ({
  signal: context.signal,
  progress: (done, total, message) => {
    context.progress(done, total, unit, message);
  },
});

interface PartedWork<Part> {
  readonly stage: string;
  readonly unit: string;
  readonly make: (teamId: string, id: string, slice: Slice, control: StepControl) => Promise<Part>;
  /** What it gives makes the parts of all slices visible, in their order. */
  readonly publish: (
    teamId: string,
    id: string,
    parts: readonly Part[],
    control: StepControl,
  ) => Promise<{ commit: () => Promise<void> }>;
}

/**
 * A job whose shards make a part each, so that other jobs get their turn in between. One with a single shard
 * publishes in it.
 */
const partedJob = <Part>(
  kind: string,
  { stage, unit, make, publish }: PartedWork<Part>,
): JobKind<Payload> => ({
  kind,
  stages: [
    {
      name: stage,
      run: async (context) => {
        const {
          teamId,
          payload: { id, shards = 1 },
        } = context.job;
        const part = await make(teamId, id, { index: context.index, of: shards }, control(context, unit));
        if (shards > 1) return { result: part as Json };
        const { commit } = await publish(teamId, id, [part], control(context, unit));
        return { result: null, commit };
      },
    },
    {
      name: 'publish',
      shards: ({ payload: { shards = 1 } }) => (shards > 1 ? 1 : 0),
      run: async (context) => {
        // A worker of the version before, which knows no parts, has made and published the whole in its
        // shard.
        if (context.results.includes(null)) return { result: null };
        const { commit } = await publish(
          context.job.teamId,
          context.job.payload.id,
          context.results as readonly Part[],
          control(context, unit),
        );
        return { result: null, commit };
      },
    },
  ],
});

/** The job that makes an analysis, in shards of a few classes. */
export const analysisJob = (explanations: ExplanationService): JobKind<Payload> =>
  partedJob(ANALYSIS, {
    stage: 'explain',
    unit: 'steps',
    make: (...step) => explanations.explain(...step),
    publish: (...step) => explanations.publish(...step),
  });

/** The job that makes shared-area heat maps, in shards of a few samples. */
export const similarityJob = (areas: SharedAreaService): JobKind<Payload> =>
  partedJob(SIMILARITY, {
    stage: 'compare',
    unit: 'samples',
    make: (...step) => areas.make(...step),
    publish: (_teamId, id, parts) => areas.publish(id, parts),
  });

/**
 * The job that makes the mean heat maps of a selection: its rows are explained in shards over all workers.
 */
export const selectionJob = (selections: SelectionExplanationService): JobKind<Payload> => ({
  kind: SELECTION,
  stages: [
    {
      name: 'explain',
      run: async (context) => ({
        result: {
          ...(await selections.explain(
            context.job.teamId,
            context.job.payload.id,
            context.index,
            control(context, 'samples'),
          )),
        } as unknown as Json,
      }),
    },
    {
      name: 'draw',
      run: async ({ job, results }) => {
        const { commit } = await selections.draw(
          job.teamId,
          job.payload.id,
          results as unknown as SelectionSums[],
        );
        return { result: null, commit };
      },
    },
  ],
});

/** The job that makes a sanity check, in shards of a few samples. */
export const sanityJob = (randomizations: RandomizationService): JobKind<Payload> =>
  partedJob(SANITY, {
    stage: 'randomize',
    unit: 'steps',
    make: (...step) => randomizations.randomize(...step),
    publish: (teamId, id, parts) => randomizations.publish(teamId, id, parts),
  });

/** Queues the jobs of analyses; those of a team take turns, so that none waits for another to end. */
export class QueuedExplanationJobs implements ExplanationJobs, SelectionJobs, SanityJobs {
  constructor(private readonly jobs: JobStore) {}

  queueAnalysis(teamId: string, id: string, shards: number): Promise<string> {
    return this.queue(ANALYSIS, teamId, id, shards);
  }

  queueSimilarityAnalysis(teamId: string, id: string, shards: number): Promise<string> {
    return this.queue(SIMILARITY, teamId, id, shards);
  }

  queueSelectionAnalysis(teamId: string, id: string, shards: number): Promise<string> {
    return this.queue(SELECTION, teamId, id, shards);
  }

  queueSanityCheck(teamId: string, id: string, shards: number): Promise<string> {
    return this.queue(SANITY, teamId, id, shards);
  }

  private queue(kind: string, teamId: string, id: string, shards: number): Promise<string> {
    return this.jobs.create({
      kind,
      teamId,
      subjectId: id,
      payload: { id, shards },
      shards,
      takesTurns: true,
    });
  }
}
