import { Inject, Injectable } from '@nestjs/common';
import type { UnitOfWork } from '@noema/kernel';
import { type Basis, layerPull, project } from '@noema/perception';
import { Database } from '@noema/postgres';
import { type FeatureMap, normalised, sharedArea, upsample } from '@noema/saliency';
import { analysisNotFound, layerOutsideSpace } from '../analysis/analysis.errors.js';
import type { StepControl } from '../analysis/analysis.executor.js';
import type { HeatMapEntry } from '../analysis/analysis.js';
import type { ArtifactOwner } from '../analysis/analysis.ports.js';
import { ModelStore } from '../engine/model.store.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { toGeometry, type InputGeometry, inputMap } from '../heat-map/geometry.js';
import { overlayPicture } from '../heat-map/picture.js';
import { type Slice, takeSlice } from '../jobs/slice.js';
import type { OpenModel } from '../model/model.ports.js';
import { SimilarityFaithfulness } from './similarity.faithfulness.js';
import type { DistanceGrowth, SharedAreaEntry, VectoredSample } from './similarity-analysis.js';
import type { SimilarityAnalyses } from './similarity-analysis.ports.js';
import { SimilarityAnalysisRepository } from './similarity-analysis.repository.js';

/** Samples that are compared at the same time. */
const CONCURRENCY = 8;

/** A sample with its activation and its perception vector. */
interface EncodedSample {
  readonly input: Float32Array;
  readonly activation: FeatureMap;
  readonly vector: Float32Array;
  readonly judge: SimilarityFaithfulness;
}

/** Model, layer and basis that an analysis encodes all samples with. */
interface AnalysisContext {
  readonly model: OpenModel;
  readonly layer: string;
  readonly basis: Basis;
  readonly geometry: InputGeometry;
  readonly signal: AbortSignal;
}

/** A map on one of the two samples, and whether what it calls shared makes them alike. */
interface SharedAreaMap {
  readonly map: HeatMapEntry;
  readonly growth: DistanceGrowth;
}

/**
 * Makes shared-area heat maps: the layer's part of the inner product of two perception vectors, split over
 * the positions of each of the two samples. Positions that respond as to an input of zeros are left out: they
 * are alike only because both are empty there. The split is exact: each map sums to that part, before it is
 * scaled to a peak of 1; and is checked by deletion. May run again; only what is committed counts.
 */
@Injectable()
export class SimilarityAnalysisExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SimilarityAnalysisRepository) private readonly analyses: SimilarityAnalyses,
    @Inject(ModelStore) private readonly models: Pick<ModelStore, 'open'>,
    @Inject(AnalysisArtifactStore) private readonly artifacts: AnalysisArtifactStore,
  ) {}

  /** Compares the query with the samples of one slice. */
  async make(
    teamId: string,
    id: string,
    slice: Slice,
    { signal, progress }: StepControl,
  ): Promise<SharedAreaEntry[]> {
    const { unitOfWork, analyses, models, artifacts } = this;
    const analysis = await unitOfWork.run(teamId, () => analyses.find(id));
    if (analysis === undefined) throw analysisNotFound(id);
    const { source, layer } = analysis;
    const [model, basis] = [await models.open(source), await artifacts.readBasis(source.basis)];
    const owner = { teamId, projectId: source.projectId, id };
    const { positionDims } = [...model.layers, ...model.blocks].find(({ name }) => name === layer)!;
    const geometry = toGeometry(model.input.dims, positionDims.length);
    const context = { model, layer, basis, geometry, signal };
    const query = await this.encode(context, source.query);
    const empty = await this.encodeZeros(model, layer, source.query, signal);
    const area = async (sample: VectoredSample, i: number): Promise<SharedAreaEntry> => {
      const other = await this.encode(context, sample);
      const draw = (sample: EncodedSample, towards: EncodedSample, name: string): Promise<SharedAreaMap> =>
        this.draw(owner, {
          sample,
          towards,
          empty,
          layer,
          name,
          basis,
          geometry,
          cells: Math.max(...positionDims),
        });
      const [onQuery, onSample] = await Promise.all([
        draw(query, other, `query-${i}`),
        draw(other, query, `sample-${i}`),
      ]);
      return {
        split: sample.split,
        sampleId: sample.sampleId,
        row: sample.row,
        distance: distance(query.vector, other.vector),
        queryHeatMap: onQuery.map,
        sampleHeatMap: onSample.map,
        queryGrowth: onQuery.growth,
        sampleGrowth: onSample.growth,
      };
    };
    const areas: SharedAreaEntry[] = [];
    const numbered = takeSlice(
      source.samples.map((sample, i) => [sample, i] as const),
      slice,
    );
    while (areas.length < numbered.length) {
      progress(areas.length, numbered.length, `shared areas with ${source.samples.length} samples`);
      areas.push(
        ...(await Promise.all(
          numbered.slice(areas.length, areas.length + CONCURRENCY).map(([sample, i]) => area(sample, i)),
        )),
      );
    }
    return areas;
  }

  /**
   * Makes the areas of all slices visible; what it gives is to be run in the transaction that ends the step.
   */
  publish(
    id: string,
    parts: readonly (readonly SharedAreaEntry[])[],
  ): Promise<{ commit: () => Promise<void> }> {
    return Promise.resolve({ commit: () => this.analyses.finish(id, parts.flat(), new Date()) });
  }

  private async encode(
    { model, layer, basis, geometry, signal }: AnalysisContext,
    sample: VectoredSample,
  ): Promise<EncodedSample> {
    const tensors = await model.readTensors(sample);
    const input = tensors.inputs.get(model.input.name)!.data;
    const layers = basis.layout.layers.map(({ name }) => name);
    const activations = await model.activations(tensors, [layer], signal);
    const judge = new SimilarityFaithfulness(inputMap(input, geometry), async (rows) =>
      project(basis, await model.responses(tensors, { rows, layers, signal })),
    );
    return {
      input,
      activation: activations.get(layer)!,
      vector: await this.artifacts.readVector(sample.vectors, sample.shardRow),
      judge,
    };
  }

  /** The layer's activation for a sample whose inputs are all zeros; of `like` only the shapes matter. */
  private async encodeZeros(
    model: OpenModel,
    layer: string,
    like: VectoredSample,
    signal: AbortSignal,
  ): Promise<FeatureMap> {
    const { inputs } = await model.readTensors(like);
    const zeros = new Map(
      [...inputs].map(([name, { data, dims }]) => [name, { data: new Float32Array(data.length), dims }]),
    );
    return (await model.activations({ inputs: zeros }, [layer], signal)).get(layer)!;
  }

  private async draw(
    owner: ArtifactOwner,
    {
      sample,
      towards,
      empty,
      layer,
      name,
      basis,
      geometry,
      cells,
    }: {
      sample: EncodedSample;
      towards: EncodedSample;
      empty: FeatureMap;
      layer: string;
      name: string;
      basis: Basis;
      geometry: InputGeometry;
      cells: number;
    },
  ): Promise<SharedAreaMap> {
    const { artifacts } = this;
    const pull = layerPull(basis, layer, towards.vector);
    if (pull.weights.every((weight) => weight === 0)) throw layerOutsideSpace(layer);
    const map = sharedArea(sample.activation, empty, pull);
    const { map: heat, peak } = normalised(upsample(map, geometry.height, geometry.width));
    // The values keep the evidence against the similarity; the picture shows only the shared areas.
    const shown = { ...heat, data: heat.data.map((value) => Math.max(value, 0)) };
    const [growth, values, picture] = await Promise.all([
      sample.judge.judge(heat, cells, towards.vector),
      artifacts.writeValues(owner, `${name}.arrow`, heat, geometry.mapDims),
      artifacts.writePicture(
        owner,
        `${name}.png`,
        overlayPicture(inputMap(sample.input, geometry), shown, false),
      ),
    ]);
    return {
      map: {
        id: name,
        algorithm: 'shared-area',
        signed: true,
        layer,
        dims: geometry.mapDims,
        target: { kind: 'similarity' },
        values,
        picture,
        peak,
      },
      growth,
    };
  }
}

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
