import { Inject, Injectable } from '@nestjs/common';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import type { StepControl } from '../analysis/analysis.executor.js';
import type { HeatMapEntry, HeatMapTarget } from '../analysis/analysis.js';
import { ModelStore } from '../engine/model.store.js';
import { toExplained, likeliest } from '../explainers/explained.js';
import { explainers } from '../explainers/explainer.registry.js';
import { ifDifferentiable } from '../explainers/fallback.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { toGeometry, inputMap } from '../heat-map/geometry.js';
import { overlayPicture } from '../heat-map/picture.js';
import type { OpenModel } from '../model/model.ports.js';
import { storedRow } from '../population/population.js';
import {
  ROWS_PER_SHARD,
  type SelectionAnalysis,
  type SelectionSource,
  type SelectionSums,
} from './selection-analysis.js';
import type { SelectionAnalyses } from './selection-analysis.ports.js';
import { SelectionAnalysisRepository } from './selection-analysis.repository.js';

/** Rows that the engine is asked about at the same time. */
const CONCURRENCY = 8;
/**
 * Grad-CAM of each sample's predicted class, scaled to a peak of 1 so that every sample counts alike; the
 * size of the loss gradient, so that a high loss counts more. Occlusion stands for Grad-CAM where the model
 * has no gradients.
 */
const MEANS: readonly (readonly [string, HeatMapTarget])[] = [
  ['grad-cam', { kind: 'class', classIndex: -1, className: '' }],
  ['occlusion', { kind: 'class', classIndex: -1, className: '' }],
  ['loss-gradient', { kind: 'loss' }],
];

/** The maps of one row by algorithm, and its input. */
interface RowMaps {
  readonly input: Float32Array;
  readonly maps: ReadonlyMap<string, Float32Array>;
}

/**
 * Makes the mean heat maps of selections, by the explainers of single samples. May run again: the same rows
 * give the same bytes, however they are shared out.
 */
@Injectable()
export class SelectionAnalysisExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SelectionAnalysisRepository) private readonly analyses: SelectionAnalyses,
    @Inject(ModelStore) private readonly models: Pick<ModelStore, 'open'>,
    @Inject(AnalysisArtifactStore) private readonly artifacts: AnalysisArtifactStore,
  ) {}

  /** Explains the rows of one shard and stores their sums. */
  async explain(
    teamId: string,
    id: string,
    shard: number,
    { signal, progress }: StepControl,
  ): Promise<SelectionSums> {
    const { source } = await this.analysis(teamId, id);
    const model = await this.models.open(source);
    const rows = source.rows.slice(shard * ROWS_PER_SHARD, (shard + 1) * ROWS_PER_SHARD);
    const sums: Record<string, Float64Array> = {};
    const counts = new Map<string, number>();
    const add = (name: string, values: Float32Array): void => {
      const sum = (sums[name] ??= new Float64Array(values.length));
      values.forEach((value, i) => {
        sum[i]! += value;
      });
    };
    for (let from = 0; from < rows.length; from += CONCURRENCY) {
      const made = await Promise.all(
        rows.slice(from, from + CONCURRENCY).map((row) => this.computeMaps(model, source, row, signal)),
      );
      for (const { input, maps } of made) {
        add('input', input);
        for (const [key, map] of maps) {
          add(key, map);
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
      progress(
        Math.min(from + CONCURRENCY, rows.length),
        rows.length,
        `explaining ${source.rows.length} of ${source.selectedCount} selected samples`,
      );
    }
    const ref = await this.artifacts.writeSums({ teamId, projectId: source.projectId, id }, shard, sums);
    return {
      rows: rows.length,
      gradCamRows: counts.get('grad-cam') ?? 0,
      occlusionRows: counts.get('occlusion') ?? 0,
      lossRows: counts.get('loss-gradient') ?? 0,
      sums: ref,
    };
  }

  /** Draws the means of all shards; what it gives is to be run in the transaction that ends the step. */
  async draw(
    teamId: string,
    id: string,
    shards: readonly SelectionSums[],
  ): Promise<{ commit: () => Promise<void> }> {
    const { source } = await this.analysis(teamId, id);
    const { models, artifacts, analyses } = this;
    const owner = { teamId, projectId: source.projectId, id };
    const model = await models.open(source);
    const geometry = toGeometry(
      model.input.dims,
      model.layers.find(({ name }) => name === source.layer)?.positionDims.length ?? 2,
    );
    const input = inputMap(await this.computeMean(shards, 'input', ({ rows }) => rows), geometry);
    const heatMaps: HeatMapEntry[] = [];
    for (const [key, target] of MEANS) {
      const countRows = (shard: SelectionSums): number =>
        key === 'grad-cam'
          ? shard.gradCamRows
          : key === 'occlusion'
            ? (shard.occlusionRows ?? 0)
            : shard.lossRows;
      if (shards.every((shard) => countRows(shard) === 0)) continue;
      const map = {
        data: await this.computeMean(shards, key, countRows),
        height: geometry.height,
        width: geometry.width,
      };
      const values = await artifacts.writeValues(owner, `${key}.arrow`, map, geometry.mapDims);
      const picture = await artifacts.writePicture(owner, `${key}.png`, overlayPicture(input, map, false));
      heatMaps.push({
        id: key,
        target,
        algorithm: key,
        signed: false,
        layer: key === 'grad-cam' ? source.layer : '',
        dims: geometry.mapDims,
        values,
        picture,
      });
    }
    return { commit: () => analyses.finish(id, heatMaps, new Date()) };
  }

  private async computeMaps(
    model: OpenModel,
    source: SelectionSource,
    row: number,
    signal: AbortSignal,
  ): Promise<RowMaps> {
    const sample = await model.readTensors(storedRow(source, row));
    const input = sample.inputs.get(model.input.name)!.data;
    const maps = new Map<string, Float32Array>();
    const ask = (classes: readonly number[]) =>
      toExplained(model, sample, { classes, layer: source.layer, signal });
    if (source.layer !== '') {
      const of = ask([likeliest(await model.predict(sample, input, signal))]);
      const [cam] = await ifDifferentiable(explainers.get('grad-cam').explain(of));
      if (cam !== undefined) maps.set('grad-cam', cam.map.data);
      else
        maps.set(
          'occlusion',
          (await explainers.get('occlusion').explain(of))[0]!.map.data.map((value) => Math.max(value, 0)),
        );
    }
    const [loss] = await ifDifferentiable(explainers.get('loss-gradient').explain(ask([])));
    if (loss !== undefined)
      maps.set(
        'loss-gradient',
        loss.map.data.map((value) => Math.abs(value) * loss.peak),
      );
    return { input, maps };
  }

  private async computeMean(
    shards: readonly SelectionSums[],
    name: string,
    countRows: (shard: SelectionSums) => number,
  ): Promise<Float32Array> {
    const count = shards.reduce((sum, shard) => sum + countRows(shard), 0);
    let total: Float64Array | undefined;
    for (const shard of shards) {
      if (countRows(shard) === 0) continue;
      const sums = await this.artifacts.readSums(shard.sums, name);
      const sum = (total ??= new Float64Array(sums.length));
      sums.forEach((value, i) => {
        sum[i]! += value;
      });
    }
    return Float32Array.from(total!, (value) => value / count);
  }

  private async analysis(teamId: string, id: string): Promise<SelectionAnalysis> {
    const { unitOfWork, analyses } = this;
    const analysis = await unitOfWork.run(teamId, () => analyses.find(id));
    if (analysis === undefined) throw analysisNotFound(id);
    return analysis;
  }
}
