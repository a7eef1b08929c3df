import type { JobKind, JobStore, ShardContext } from '@noema/jobs';
import type { ExplanationJobs } from '../domain/analysis.ports.js';
import type { ExplanationService, StepControl } from '../domain/explanation.service.js';
import type { SharedAreaService } from '../domain/shared-area.service.js';

const ANALYSIS = 'explanations.analyze';
const SIMILARITY = 'explanations.shared-areas';

interface Payload {
  readonly id: string;
}

const control = (context: ShardContext<Payload>, unit: string): StepControl => ({ signal: context.signal, progress: (done, total) => { context.progress(done, total, unit); } });

/** The job that makes an analysis. */
export const analysisJob = (explanations: ExplanationService): JobKind<Payload> => ({
  kind: ANALYSIS,
  stages: [{
    name: 'explain',
    run: async (context) => {
      const { commit } = await explanations.explain(context.job.teamId, context.job.payload.id, control(context, 'steps'));
      return { result: null, commit };
    },
  }],
});

/** The job that makes shared-area heat maps. */
export const similarityJob = (areas: SharedAreaService): JobKind<Payload> => ({
  kind: SIMILARITY,
  stages: [{
    name: 'compare',
    run: async (context) => {
      const { commit } = await areas.make(context.job.teamId, context.job.payload.id, control(context, 'samples'));
      return { result: null, commit };
    },
  }],
});

/** Queues the jobs of analyses. */
export class QueuedExplanationJobs implements ExplanationJobs {
  constructor(private readonly jobs: JobStore) {}

  queueAnalysis(teamId: string, id: string): Promise<string> {
    return this.jobs.create({ kind: ANALYSIS, teamId, subjectId: id, payload: { id } });
  }

  queueSimilarityAnalysis(teamId: string, id: string): Promise<string> {
    return this.jobs.create({ kind: SIMILARITY, teamId, subjectId: id, payload: { id } });
  }
}
