import { findOrInsert, isUuid, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import {
  analysisNotFound,
  analysisNotReady,
  modelWithoutPositions,
  settingInvalid,
} from './analysis.errors.js';
import type { AnalysisArtifacts, ExplanationJobs } from './analysis.ports.js';
import { layerFor } from './analysis.settings.js';
import { type HeatMapFile, type HeatMapPart, readHeatMap } from './heat-map.file.js';
import {
  type SimilarityAnalysis,
  similarityAnalysisId,
  similarityShards,
  type SimilaritySource,
} from './similarity-analysis.js';
import type { SimilarityAnalyses, SimilarityQuery, SimilaritySources } from './similarity-analysis.ports.js';

const MAX_SAMPLES = 100;

/** Similarity analyses: asked for here, made by the workers. */
export class SimilarityAnalysisService {
  constructor(
    private readonly ports: {
      readonly work: UnitOfWork;
      readonly analyses: SimilarityAnalyses;
      readonly sources: SimilaritySources;
      readonly jobs: ExplanationJobs;
      readonly artifacts: AnalysisArtifacts;
    },
  ) {}

  /**
   * What an analysis is made of, checked against the model; asked for before the transaction that starts it.
   */
  async plan(
    teamId: string,
    question: SimilarityQuery,
    asked: { readonly layer: string },
  ): Promise<{ source: SimilaritySource; layer: string }> {
    const n = question.samples.length;
    if (n < 1 || n > MAX_SAMPLES)
      throw settingInvalid('samples', `${n} similar samples are named; name 1 to ${MAX_SAMPLES}`);
    const { source, layers } = await this.ports.sources.find(teamId, question);
    const layer = layerFor(asked.layer, layers);
    if (layer === '') throw modelWithoutPositions();
    return { source, layer };
  }

  /** Starts an analysis, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(
    teamId: string,
    { source, layer }: { readonly source: SimilaritySource; readonly layer: string },
  ): Promise<SimilarityAnalysis> {
    const { work, analyses, jobs } = this.ports;
    return work.run(teamId, () => {
      const id = similarityAnalysisId(source, layer);
      return findOrInsert(analyses, id, async () =>
        analyses.insert({
          id,
          layer,
          source,
          jobId: await jobs.queueSimilarityAnalysis(teamId, id, similarityShards(source)),
        }),
      );
    });
  }

  /** Throws `not-found`, also for an analysis of another team. */
  get(teamId: string, id: string): Promise<SimilarityAnalysis> {
    return this.ports.work.run(teamId, async () => {
      const analysis = isUuid(id) ? await this.ports.analyses.find(id) : undefined;
      if (analysis === undefined) throw analysisNotFound(id);
      return analysis;
    });
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<SimilarityAnalysis>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.ports.work.run(teamId, () => this.ports.analyses.list({ projectId }, query));
  }

  /** A file of a shared-area heat map. Throws as `AnalysisService.heatMap`. */
  async heatMap(teamId: string, id: string, heatMapId: string, part: HeatMapPart): Promise<HeatMapFile> {
    const { areas, state, readyTime } = await this.get(teamId, id);
    if (readyTime === undefined) throw analysisNotReady(id, state);
    return readHeatMap(
      this.ports.artifacts,
      areas.flatMap(({ queryHeatMap, sampleHeatMap }) => [queryHeatMap, sampleHeatMap]),
      heatMapId,
      part,
    );
  }
}
