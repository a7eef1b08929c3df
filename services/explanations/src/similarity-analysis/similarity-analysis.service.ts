import { Inject, Injectable } from '@nestjs/common';
import type { ResourceQueue } from '@noema/jobs';
import { findOrInsert, findOrThrow, isUuid, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import {
  analysisNotFound,
  analysisNotReady,
  modelWithoutPositions,
  settingInvalid,
} from '../analysis/analysis.errors.js';
import { layerFor } from '../analysis/analysis.settings.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { type HeatMapFile, type HeatMapPart, readHeatMap } from '../heat-map/heat-map.file.js';
import { ActivationsClient } from '../peers/activations.client.js';
import {
  type SimilarityAnalysis,
  type SimilaritySource,
  similarityAnalysisId,
  similarityShards,
} from './similarity-analysis.js';
import type { SimilarityAnalyses, SimilarityQuery } from './similarity-analysis.ports.js';
import { SimilarityAnalysisQueue } from './similarity-analysis.queue.js';
import { SimilarityAnalysisRepository } from './similarity-analysis.repository.js';

const MAX_SAMPLES = 100;

/** Similarity analyses: requested here, made by the workers. */
@Injectable()
export class SimilarityAnalysisService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SimilarityAnalysisRepository) private readonly analyses: SimilarityAnalyses,
    @Inject(ActivationsClient) private readonly sources: Pick<ActivationsClient, 'find'>,
    @Inject(SimilarityAnalysisQueue) private readonly queue: Pick<ResourceQueue, 'queue'>,
    @Inject(AnalysisArtifactStore) private readonly artifacts: Pick<AnalysisArtifactStore, 'read'>,
  ) {}

  /**
   * Returns the source of an analysis, checked against the model; call it before the transaction that starts
   * the analysis.
   */
  async plan(
    teamId: string,
    question: SimilarityQuery,
    asked: { readonly layer: string },
  ): Promise<{ source: SimilaritySource; layer: string }> {
    const n = question.samples.length;
    if (n < 1 || n > MAX_SAMPLES)
      throw settingInvalid('samples', `${n} similar samples are named; name 1 to ${MAX_SAMPLES}`);
    const { source, layers } = await this.sources.find(teamId, question);
    const layer = layerFor(asked.layer, layers);
    if (layer === '') throw modelWithoutPositions();
    return { source, layer };
  }

  /** Starts an analysis, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(
    teamId: string,
    { source, layer }: { readonly source: SimilaritySource; readonly layer: string },
  ): Promise<SimilarityAnalysis> {
    const { unitOfWork, analyses, queue } = this;
    return unitOfWork.run(teamId, () => {
      const id = similarityAnalysisId(source, layer);
      return findOrInsert(analyses, id, async () =>
        analyses.insert({
          id,
          layer,
          source,
          jobId: await queue.queue(teamId, id, similarityShards(source)),
        }),
      );
    });
  }

  /** Throws `not-found`, also for an analysis of another team. */
  get(teamId: string, id: string): Promise<SimilarityAnalysis> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.analyses, id, analysisNotFound));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<SimilarityAnalysis>> {
    if (!isUuid(projectId)) return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.analyses.list({ projectId }, query));
  }

  /** A file of a shared-area heat map. Throws as `AnalysisService.heatMap`. */
  async heatMap(teamId: string, id: string, heatMapId: string, part: HeatMapPart): Promise<HeatMapFile> {
    const { areas, state, readyTime } = await this.get(teamId, id);
    if (readyTime === undefined) throw analysisNotReady(id, state);
    return readHeatMap(
      this.artifacts,
      areas.flatMap(({ queryHeatMap, sampleHeatMap }) => [queryHeatMap, sampleHeatMap]),
      heatMapId,
      part,
    );
  }
}
