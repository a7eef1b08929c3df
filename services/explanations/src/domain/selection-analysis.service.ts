import { findOrInsert, isUuid, type RowSelection, rowsOf, type UnitOfWork } from '@noema/kernel';
import { analysisNotFound, analysisNotReady } from './analysis.errors.js';
import type { AnalysisArtifacts } from './analysis.ports.js';
import { type HeatMapFile, readHeatMap } from './heat-map.file.js';
import { evenly, sourceOf } from './population.js';
import type { EpochPopulations, PopulationQuery } from './population.ports.js';
import {
  MAX_EXPLAINED,
  type SelectionAnalysis,
  selectionAnalysisId,
  type SelectionSource,
  shardsOf,
} from './selection-analysis.js';
import type { SelectionAnalyses, SelectionJobs } from './selection-analysis.ports.js';

/** Selection analyses: asked for here, made by the workers. */
export class SelectionAnalysisService {
  constructor(
    private readonly ports: {
      readonly work: UnitOfWork;
      readonly analyses: SelectionAnalyses;
      readonly populations: EpochPopulations;
      readonly jobs: SelectionJobs;
      readonly artifacts: AnalysisArtifacts;
    },
  ) {}

  /**
   * What an analysis is made of; asked for before the transaction that starts it. Throws `not-found`, and
   * what `rowsOf` throws.
   */
  async plan(
    teamId: string,
    question: PopulationQuery,
    selection: RowSelection | undefined,
  ): Promise<{ id: string; source: SelectionSource }> {
    const population = await this.ports.populations.population(teamId, question);
    const selected = rowsOf(selection, population.sampleCount);
    return {
      id: selectionAnalysisId(population.runId, population.epoch, selected),
      source: { ...sourceOf(population, evenly(selected, MAX_EXPLAINED)), selectedCount: selected.length },
    };
  }

  /** Starts an analysis, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(
    teamId: string,
    { id, source }: { readonly id: string; readonly source: SelectionSource },
  ): Promise<SelectionAnalysis> {
    const { work, analyses, jobs } = this.ports;
    return work.run(teamId, () =>
      findOrInsert(analyses, id, async () =>
        analyses.insert({
          id,
          source,
          jobId: await jobs.queueSelectionAnalysis(teamId, id, shardsOf(source)),
        }),
      ),
    );
  }

  /** Throws `not-found`, also for an analysis of another team. */
  get(teamId: string, id: string): Promise<SelectionAnalysis> {
    return this.ports.work.run(teamId, async () => {
      const analysis = isUuid(id) ? await this.ports.analyses.find(id) : undefined;
      if (analysis === undefined) throw analysisNotFound(id);
      return analysis;
    });
  }

  /**
   * The picture of a mean heat map. Throws `precondition` ANALYSIS_NOT_READY, `not-found` HEAT_MAP_NOT_FOUND.
   */
  async heatMap(teamId: string, id: string, heatMapId: string): Promise<HeatMapFile> {
    const { heatMaps, state, readyTime } = await this.get(teamId, id);
    if (readyTime === undefined) throw analysisNotReady(id, state);
    return readHeatMap(this.ports.artifacts, heatMaps, heatMapId, 'picture');
  }
}
