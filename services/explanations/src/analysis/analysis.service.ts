import { Inject, Injectable } from '@nestjs/common';
import type { ResourceQueue } from '@noema/jobs';
import {
  type ArtifactRef,
  findOrInsert,
  findOrThrow,
  hasEnded,
  isUuid,
  type Page,
  type PageQuery,
  type UnitOfWork,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { channelMap, featureMap } from '@noema/saliency';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { type HeatMapFile, type HeatMapPart, readHeatMap } from '../heat-map/heat-map.file.js';
import { featurePicture } from '../heat-map/picture.js';
import { TrainingClient } from '../peers/training.client.js';
import {
  analysisBusy,
  analysisNotFound,
  analysisNotReady,
  layerNotFound,
  layerWithoutPositions,
  unitNotFound,
} from './analysis.errors.js';
import {
  type Analysis,
  type AnalysisContents,
  type AnalysisSettings,
  type AnalysisSource,
  analysisId,
  analysisShards,
} from './analysis.js';
import type { Analyses, SourceQuery } from './analysis.ports.js';
import { AnalysisQueue } from './analysis.queue.js';
import { AnalysisRepository } from './analysis.repository.js';
import { completeSettings, type RequestedSettings } from './analysis.settings.js';

/** Sample analyses: requested here, made by the workers. */
@Injectable()
export class AnalysisService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(AnalysisRepository) private readonly analyses: Analyses,
    @Inject(TrainingClient) private readonly sources: Pick<TrainingClient, 'find'>,
    @Inject(AnalysisQueue) private readonly queue: Pick<ResourceQueue, 'queue'>,
    @Inject(AnalysisArtifactStore)
    private readonly artifacts: Pick<AnalysisArtifactStore, 'read' | 'readFeatureMap' | 'encodePicture'>,
  ) {}

  /**
   * Returns the source and the settings of an analysis, checked against the model; call it before the
   * transaction that starts the analysis. Throws `not-found`, `precondition`, `invalid`.
   */
  async plan(
    teamId: string,
    question: SourceQuery,
    asked: RequestedSettings,
  ): Promise<{ source: AnalysisSource; settings: AnalysisSettings; shards: number }> {
    const { source, layers, classes } = await this.sources.find(teamId, {
      ...question,
      output: asked.output ?? '',
    });
    const settings = completeSettings(asked, layers, classes);
    return { source, settings, shards: analysisShards(settings, classes) };
  }

  /** Starts an analysis, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(
    teamId: string,
    {
      source,
      settings,
      shards,
    }: { readonly source: AnalysisSource; readonly settings: AnalysisSettings; readonly shards: number },
  ): Promise<Analysis> {
    const { unitOfWork, analyses, queue } = this;
    return unitOfWork.run(teamId, () => {
      const id = analysisId(source, settings);
      return findOrInsert(analyses, id, async () =>
        analyses.insert({ id, settings, source, jobId: await queue.queue(teamId, id, shards) }),
      );
    });
  }

  /** Throws `not-found`, also for an analysis of another team. */
  get(teamId: string, id: string): Promise<Analysis> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.analyses, id, analysisNotFound));
  }

  list(
    teamId: string,
    projectId: string,
    narrow: { readonly runId?: string },
    query: PageQuery,
  ): Promise<Page<Analysis>> {
    if (!isUuid(projectId) || (narrow.runId !== undefined && !isUuid(narrow.runId)))
      return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.analyses.list({ projectId, ...narrow }, query));
  }

  /** Its files are left to the sweeper. Throws `precondition` ANALYSIS_BUSY while its job runs. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      const analysis = await this.get(teamId, id);
      if (!hasEnded(analysis.state)) throw analysisBusy(id);
      await this.analyses.delete(id);
    });
  }

  /** A file of a heat map. Throws `precondition` ANALYSIS_NOT_READY, `not-found` HEAT_MAP_NOT_FOUND. */
  async heatMap(teamId: string, id: string, heatMapId: string, part: HeatMapPart): Promise<HeatMapFile> {
    const { heatMaps } = await this.getContents(teamId, id);
    return readHeatMap(this.artifacts, heatMaps, heatMapId, part);
  }

  /** The PNG of where a unit answers, of any unit of a layer with positions. */
  async featureMap(
    teamId: string,
    id: string,
    layer: string,
    unit: number,
  ): Promise<{ bytes: Uint8Array; source: ArtifactRef }> {
    const { layers, featureMaps } = await this.getContents(teamId, id);
    const found = layers.find((entry) => entry.layer === layer);
    if (found === undefined)
      throw layerNotFound(
        layer,
        layers.map((entry) => entry.layer),
      );
    if (found.positionDims.length === 0 || featureMaps === undefined)
      throw layerWithoutPositions(
        layer,
        layers.filter(({ positionDims }) => positionDims.length > 0).map((entry) => entry.layer),
      );
    const { data, height, width, units } = await this.artifacts.readFeatureMap(featureMaps, layer);
    if (!Number.isInteger(unit) || unit < 0 || unit >= units) throw unitNotFound(layer, unit, units);
    return {
      bytes: this.artifacts.encodePicture(
        featurePicture(channelMap(featureMap(data, { height, width, channels: units }, 'hwc'), unit)),
      ),
      source: featureMaps,
    };
  }

  private async getContents(teamId: string, id: string): Promise<AnalysisContents> {
    const { contents, state } = await this.get(teamId, id);
    if (contents === undefined) throw analysisNotReady(id, state);
    return contents;
  }
}
