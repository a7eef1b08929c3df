import type { UnitOfWork } from '@noema/kernel';
import type { FeatureMap } from '@noema/saliency';
import { analysisNotFound } from './analysis.errors.js';
import type { Analysis, AnalysisContents, ClassScore, HeatMapEntry } from './analysis.js';
import type { Analyses, AnalysisArtifacts, AnalysisEvents, ArtifactOwner, FeatureMapFile, PopulationStatistics } from './analysis.ports.js';
import { explainedOf, likeliest } from './explainers/explained.js';
import type { Explained } from './explainers/explainer.js';
import { explainAll, type MadeExplanation } from './explainers/fallback.js';
import { FaithfulnessJudge, type ScoreOf } from './faithfulness.js';
import { inputMap } from './geometry.js';
import { layersOf } from './layer.contributions.js';
import type { Models } from './model.ports.js';
import { overlayPicture } from './picture.js';

export interface StepControl {
  readonly signal: AbortSignal;
  /** `message` is a sentence for people. */
  readonly progress: (done: number, total: number, message?: string) => void;
}

/** How fine a map at the input is taken to be when a random mask is to be its match. */
const INPUT_CELLS = 7;

/** Makes analyses: heat maps, their faithfulness, and the units that matter. May run again; only what is committed counts. */
export class ExplanationService {
  constructor(private readonly ports: {
    readonly work: UnitOfWork; readonly analyses: Analyses; readonly models: Models; readonly statistics: PopulationStatistics;
    readonly artifacts: AnalysisArtifacts; readonly events: AnalysisEvents;
  }) {}

  /** Explains one sample; what it gives is to be run in the transaction that ends the step. */
  async explain(teamId: string, id: string, { signal, progress }: StepControl): Promise<{ commit: () => Promise<void> }> {
    const { work, analyses, models, artifacts, events } = this.ports;
    const analysis = await work.run(teamId, () => analyses.find(id));
    if (analysis === undefined) throw analysisNotFound(id);
    const { source, settings } = analysis;
    const owner = { teamId, projectId: source.projectId, id };
    const model = await models.open(source);
    const sample = await model.tensorsOf(source.sample);
    const classes = settings.classes.length > 0 ? settings.classes : Array.from({ length: model.width }, (_, i) => i);
    const of = explainedOf(model, sample, { classes, layer: settings.layer, signal }), { input } = of;
    const evaluation = source.evaluation === undefined ? { trueClass: -1 } : await artifacts.readEvaluation(source.evaluation, source.sample.row);
    const [probabilities, logits] = [await model.predict(sample, input, signal), await model.score(sample, input, signal)];
    const predictedClass = likeliest(probabilities);
    const total = settings.algorithms.length + 2;
    const { explanations, fallbacks } = await explainAll(of, settings.algorithms, (key, i) => { progress(i, total, `explaining ${classes.length} classes by ${key}`); });
    progress(total - 2, total, `judging ${explanations.length} heat maps by deletion and insertion`);
    const heatMaps = await this.draw(owner, of, explanations, { ...evaluation, classNames: source.classNames });
    progress(total - 1, total, 'ranking the units of every layer');
    const units = await this.ports.statistics.unitsOf(teamId, source.projectId, source.runId, source.epoch);
    const { layers, activations } = await layersOf(of, { predictedClass, count: settings.unitsPerLayer, statistics: units });
    const contents: AnalysisContents = {
      ...evaluation,
      predictedClass,
      scores: Array.from(probabilities, (probability, classIndex): ClassScore => ({ classIndex, className: source.classNames[classIndex] ?? '', probability, logit: logits[classIndex]! })),
      heatMaps,
      layers,
      ...(fallbacks.length === 0 ? {} : { fallbacks }),
      ...await this.featureMaps(owner, of, activations),
    };
    return { commit: () => this.publish(analysis, contents, events) };
  }

  private async draw(
    owner: ArtifactOwner, of: Explained, explanations: readonly MadeExplanation[],
    { trueClass, classNames }: { readonly trueClass: number; readonly classNames: readonly string[] },
  ): Promise<HeatMapEntry[]> {
    const { artifacts } = this.ports;
    const { model, sample, geometry, signal } = of;
    const picture = inputMap(of.input, geometry);
    const judge = new FaithfulnessJudge(picture, model.width, (rows) => model.predict(sample, rows, signal), model.input.embedding !== undefined);
    return Promise.all(explanations.map(async ({ key, target, map, peak, completenessGap, signed, order, layer }): Promise<HeatMapEntry> => {
      const id = target.kind === 'class' ? `${key}-${target.classIndex}` : key;
      const cells = Math.max(...model.layers.find(({ name }) => name === layer)?.positionDims ?? [INPUT_CELLS]);
      // Of the loss: how wrong the model is, 1 − p(true class).
      const scoreOf: ScoreOf = target.kind === 'class' ? (outputs, at) => outputs[at + target.classIndex]! : (outputs, at) => 1 - (outputs[at + Math.max(trueClass, 0)] ?? 0);
      const [faithfulness, values, drawn] = await Promise.all([
        judge.judge(order ?? map, cells, scoreOf),
        artifacts.writeValues(owner, `${id}.arrow`, map, geometry.mapDims),
        artifacts.writePicture(owner, `${id}.png`, overlayPicture(picture, map, signed)),
      ]);
      const named = target.kind === 'class' ? { ...target, className: classNames[target.classIndex] ?? '' } : target;
      return { id, algorithm: key, layer, dims: geometry.mapDims, target: named, faithfulness, values, picture: drawn, peak, ...(completenessGap !== undefined && { completenessGap }) };
    }));
  }

  private async featureMaps(owner: ArtifactOwner, { model }: Explained, activations: ReadonlyMap<string, FeatureMap>): Promise<Pick<AnalysisContents, 'featureMaps'>> {
    const files = model.layers.filter(({ positionDims }) => positionDims.length > 0).map(({ name }) => channelsLast(name, activations.get(name)!));
    return files.length === 0 ? {} : { featureMaps: await this.ports.artifacts.writeFeatureMaps(owner, files) };
  }

  private async publish(analysis: Analysis, contents: AnalysisContents, events: AnalysisEvents): Promise<void> {
    const readyTime = new Date();
    await this.ports.analyses.finish(analysis.id, contents, readyTime);
    await events.ready(analysis, readyTime);
  }
}

function channelsLast(layer: string, { data, height, width, channels, order }: FeatureMap): FeatureMapFile {
  if (order === 'hwc') return { layer, height, width, units: channels, data };
  const positions = height * width;
  const turned = Float32Array.from({ length: data.length }, (_, i) => data[(i % channels) * positions + Math.floor(i / channels)]!);
  return { layer, height, width, units: channels, data: turned };
}
