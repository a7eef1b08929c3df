import { Inject, Injectable } from '@nestjs/common';
import type { ResourceQueue } from '@noema/jobs';
import { findOrInsert, findOrThrow, type RowSelection, selectRows, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { analysisNotFound, analysisNotReady } from '../analysis/analysis.errors.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { type HeatMapFile, readHeatMap } from '../heat-map/heat-map.file.js';
import { TrainingClient } from '../peers/training.client.js';
import { evenly, toSource } from '../population/population.js';
import type { PopulationQuery } from '../population/population.ports.js';
import {
  MAX_EXPLAINED,
  type SelectionAnalysis,
  type SelectionSource,
  selectionAnalysisId,
  countShards,
} from './selection-analysis.js';
import type { SelectionAnalyses } from './selection-analysis.ports.js';
import { SelectionAnalysisQueue } from './selection-analysis.queue.js';
import { SelectionAnalysisRepository } from './selection-analysis.repository.js';

/** Selection analyses: requested here, made by the workers. */
@Injectable()
export class SelectionAnalysisService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SelectionAnalysisRepository) private readonly analyses: SelectionAnalyses,
    @Inject(TrainingClient) private readonly populations: Pick<TrainingClient, 'population'>,
    @Inject(SelectionAnalysisQueue) private readonly queue: Pick<ResourceQueue, 'queue'>,
    @Inject(AnalysisArtifactStore) private readonly artifacts: Pick<AnalysisArtifactStore, 'read'>,
  ) {}

  /**
   * Returns the source of an analysis; call it before the transaction that starts the analysis. Throws
   * `not-found`, and what `selectRows` throws.
   */
  async plan(
    teamId: string,
    question: PopulationQuery,
    selection: RowSelection | undefined,
  ): Promise<{ id: string; source: SelectionSource }> {
    const population = await this.populations.population(teamId, question);
    const selected = selectRows(selection, population.sampleCount);
    return {
      id: selectionAnalysisId(population, selected),
      source: { ...toSource(population, evenly(selected, MAX_EXPLAINED)), selectedCount: selected.length },
    };
  }

  /** Starts an analysis, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(
    teamId: string,
    { id, source }: { readonly id: string; readonly source: SelectionSource },
  ): Promise<SelectionAnalysis> {
    const { unitOfWork, analyses, queue } = this;
    return unitOfWork.run(teamId, () =>
      findOrInsert(analyses, id, async () =>
        analyses.insert({
          id,
          source,
          jobId: await queue.queue(teamId, id, countShards(source)),
        }),
      ),
    );
  }

  /** Throws `not-found`, also for an analysis of another team. */
  get(teamId: string, id: string): Promise<SelectionAnalysis> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.analyses, id, analysisNotFound));
  }

  /**
   * The picture of a mean heat map. Throws `precondition` ANALYSIS_NOT_READY, `not-found` HEAT_MAP_NOT_FOUND.
   */
  async heatMap(teamId: string, id: string, heatMapId: string): Promise<HeatMapFile> {
    const { heatMaps, state, readyTime } = await this.get(teamId, id);
    if (readyTime === undefined) throw analysisNotReady(id, state);
    return readHeatMap(this.artifacts, heatMaps, heatMapId, 'picture');
  }
}
