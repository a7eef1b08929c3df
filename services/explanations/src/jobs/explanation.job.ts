import type { JobKind, JobStore, Json, ShardContext } from '@noema/jobs';
import type { ExplanationJobs } from '../domain/analysis.ports.js';
import type { ExplanationService, StepControl } from '../domain/explanation.service.js';
import type { RandomizationService } from '../domain/randomization.service.js';
import type { SanityJobs } from '../domain/sanity-check.ports.js';
import type { SelectionSums } from '../domain/selection-analysis.js';
import type { SelectionJobs } from '../domain/selection-analysis.ports.js';
import type { SelectionExplanationService } from '../domain/selection-explanation.service.js';
import type { SharedAreaService } from '../domain/shared-area.service.js';

export const ANALYSIS = 'explanations.analyze';
export const SIMILARITY = 'explanations.shared-areas';
export const SELECTION = 'explanations.analyze-selection';
export const SANITY = 'explanations.check-sanity';

interface Payload {
  readonly id: string;
}

const control = (context: ShardContext<Payload>, unit: string): StepControl => ({ signal: context.signal, progress: (done, total, message) => { context.progress(done, total, unit, message); } });

/** Does the one step of a job; its result becomes visible with `commit`. */
type Work = (teamId: string, id: string, control: StepControl) => Promise<{ commit: () => Promise<void> }>;

/** A job of one stage and one shard. */
const singleStep = (kind: string, name: string, unit: string, work: Work): JobKind<Payload> => ({
  kind,
  stages: [{
    name,
    run: async (context) => {
      const { commit } = await work(context.job.teamId, context.job.payload.id, control(context, unit));
      return { result: null, commit };
    },
  }],
});

/** The job that makes an analysis. */
export const analysisJob = (explanations: ExplanationService): JobKind<Payload> =>
  singleStep(ANALYSIS, 'explain', 'steps', (...step) => explanations.explain(...step));

/** The job that makes shared-area heat maps. */
export const similarityJob = (areas: SharedAreaService): JobKind<Payload> =>
  singleStep(SIMILARITY, 'compare', 'samples', (...step) => areas.make(...step));

/** The job that makes the mean heat maps of a selection: its rows are explained in shards over all workers. */
export const selectionJob = (selections: SelectionExplanationService): JobKind<Payload> => ({
  kind: SELECTION,
  stages: [
    {
      name: 'explain',
      run: async (context) => ({ result: { ...await selections.explain(context.job.teamId, context.job.payload.id, context.index, control(context, 'samples')) } as unknown as Json }),
    },
    {
      name: 'draw',
      run: async ({ job, results }) => {
        const { commit } = await selections.draw(job.teamId, job.payload.id, results as unknown as SelectionSums[]);
        return { result: null, commit };
      },
    },
  ],
});

/** The job that makes a sanity check. */
export const sanityJob = (randomizations: RandomizationService): JobKind<Payload> =>
  singleStep(SANITY, 'randomize', 'steps', (...step) => randomizations.check(...step));

/** Queues the jobs of analyses. */
export class QueuedExplanationJobs implements ExplanationJobs, SelectionJobs, SanityJobs {
  constructor(private readonly jobs: JobStore) {}

  queueAnalysis(teamId: string, id: string): Promise<string> {
    return this.jobs.create({ kind: ANALYSIS, teamId, subjectId: id, payload: { id } });
  }

  queueSimilarityAnalysis(teamId: string, id: string): Promise<string> {
    return this.jobs.create({ kind: SIMILARITY, teamId, subjectId: id, payload: { id } });
  }

  queueSelectionAnalysis(teamId: string, id: string, shards: number): Promise<string> {
    return this.jobs.create({ kind: SELECTION, teamId, subjectId: id, payload: { id }, shards });
  }

  queueSanityCheck(teamId: string, id: string): Promise<string> {
    return this.jobs.create({ kind: SANITY, teamId, subjectId: id, payload: { id } });
  }
}
