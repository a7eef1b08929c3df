import type { UnitOfWork } from '@noema/kernel';
import { type Basis, layerPull } from '@noema/perception';
import { type FeatureMap, normalised, sharedArea, upsample } from '@noema/saliency';
import { analysisNotFound, layerOutsideSpace } from './analysis.errors.js';
import type { HeatMapEntry } from './analysis.js';
import type { AnalysisArtifacts, ArtifactOwner } from './analysis.ports.js';
import type { StepControl } from './explanation.service.js';
import { geometryOf, inputMap, type InputGeometry } from './geometry.js';
import type { Models, OpenModel } from './model.ports.js';
import { overlayPicture } from './picture.js';
import type { SharedAreaEntry, VectoredSample } from './similarity-analysis.js';
import type { PerceptionFiles, SimilarityAnalyses } from './similarity-analysis.ports.js';

/** Samples that are compared at the same time. */
const BESIDE = 8;

/** A sample as the model and the perception space see it. */
interface Seen {
  readonly input: Float32Array;
  readonly activation: FeatureMap;
  readonly vector: Float32Array;
}

/**
 * Makes shared-area heat maps: the layer's part of the inner product of two perception vectors, split over the positions of each of the two
 * samples. What answers as to an input of zeros is left out: it is alike only because both are empty there. The split is exact: each map
 * sums to that part, before it is scaled to a peak of 1. May run again; only what is committed counts.
 */
export class SharedAreaService {
  constructor(private readonly ports: {
    readonly work: UnitOfWork; readonly analyses: SimilarityAnalyses; readonly models: Models; readonly files: PerceptionFiles; readonly artifacts: AnalysisArtifacts;
  }) {}

  async make(teamId: string, id: string, { signal, progress }: StepControl): Promise<{ commit: () => Promise<void> }> {
    const { work, analyses, models, files } = this.ports;
    const analysis = await work.run(teamId, () => analyses.find(id));
    if (analysis === undefined) throw analysisNotFound(id);
    const { source, layer } = analysis;
    const [model, basis] = [await models.open(source), await files.readBasis(source.basis)];
    const owner = { teamId, projectId: source.projectId, id };
    const query = await this.see(model, layer, source.query, signal), empty = await this.seeNothing(model, layer, source.query, signal);
    const geometry = geometryOf(model.input.dims, model.layers.find(({ name }) => name === layer)!.positionDims.length);
    const area = async (sample: VectoredSample, i: number): Promise<SharedAreaEntry> => {
      const other = await this.see(model, layer, sample, signal);
      const draw = (seen: Seen, towards: Seen, name: string): Promise<HeatMapEntry> => this.draw(owner, { seen, towards, empty, layer, name, basis, geometry });
      const [queryHeatMap, sampleHeatMap] = await Promise.all([draw(query, other, `query-${i}`), draw(other, query, `sample-${i}`)]);
      return { split: sample.split, sampleId: sample.sampleId, row: sample.row, distance: distance(query.vector, other.vector), queryHeatMap, sampleHeatMap };
    };
    const areas: SharedAreaEntry[] = [];
    while (areas.length < source.samples.length) {
      progress(areas.length, source.samples.length, `shared areas with ${source.samples.length} samples`);
      const from = areas.length;
      areas.push(...await Promise.all(source.samples.slice(from, from + BESIDE).map((sample, i) => area(sample, from + i))));
    }
    return { commit: () => analyses.finish(id, areas, new Date()) };
  }

  private async see(model: OpenModel, layer: string, sample: VectoredSample, signal: AbortSignal): Promise<Seen> {
    const tensors = await model.tensorsOf(sample);
    const activations = await model.activations(tensors, [layer], signal);
    return { input: tensors.inputs.get(model.input.name)!.data, activation: activations.get(layer)!, vector: await this.ports.files.readVector(sample.vectors, sample.shardRow) };
  }

  /** The layer's activation for a sample whose inputs are all zeros; of `like` only the shapes matter. */
  private async seeNothing(model: OpenModel, layer: string, like: VectoredSample, signal: AbortSignal): Promise<FeatureMap> {
    const { inputs } = await model.tensorsOf(like);
    const zeros = new Map([...inputs].map(([name, { data, dims }]) => [name, { data: new Float32Array(data.length), dims }]));
    return (await model.activations({ inputs: zeros }, [layer], signal)).get(layer)!;
  }

  private async draw(
    owner: ArtifactOwner,
    { seen, towards, empty, layer, name, basis, geometry }: { seen: Seen; towards: Seen; empty: FeatureMap; layer: string; name: string; basis: Basis; geometry: InputGeometry },
  ): Promise<HeatMapEntry> {
    const { artifacts } = this.ports;
    const pull = layerPull(basis, layer, towards.vector);
    if (pull.weights.every((weight) => weight === 0)) throw layerOutsideSpace(layer);
    const map = sharedArea(seen.activation, empty, pull);
    const heat = normalised(upsample(map, geometry.height, geometry.width)).map;
    // What speaks against the likeness is in the values, the picture shows what is shared.
    const shown = { ...heat, data: heat.data.map((value) => Math.max(value, 0)) };
    const [values, picture] = await Promise.all([
      artifacts.writeValues(owner, `${name}.arrow`, heat, geometry.mapDims),
      artifacts.writePicture(owner, `${name}.png`, overlayPicture(inputMap(seen.input, geometry), shown, false)),
    ]);
    return { id: name, algorithm: 'shared-area', layer, dims: geometry.mapDims, target: { kind: 'similarity' }, values, picture };
  }
}

const distance = (a: Float32Array, b: Float32Array): number => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
