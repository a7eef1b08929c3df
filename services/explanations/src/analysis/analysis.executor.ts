import { Inject, Injectable } from '@nestjs/common';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { FeatureMap } from '@noema/saliency';
import { ModelStore } from '../engine/model.store.js';
import { toExplained, likeliest } from '../explainers/explained.js';
import type { Explained } from '../explainers/explainer.js';
import { explainers } from '../explainers/explainer.registry.js';
import { type ExplanationResult, explainAll } from '../explainers/fallback.js';
import { AnalysisArtifactStore } from '../heat-map/analysis-artifacts.store.js';
import { FaithfulnessScorer, type ReadScore } from '../heat-map/faithfulness.js';
import { inputMap } from '../heat-map/geometry.js';
import { overlayPicture } from '../heat-map/picture.js';
import { type Slice, takeSlice } from '../jobs/slice.js';
import type { OpenModel, SampleTensors } from '../model/model.ports.js';
import { ActivationsClient } from '../peers/activations.client.js';
import { analysisNotFound } from './analysis.errors.js';
import { AnalysisEventPublisher } from './analysis.events.js';
import type { Analysis, AnalysisContents, ClassScore, Fallback, HeatMapEntry } from './analysis.js';
import type { Analyses, ArtifactOwner, FeatureMapFile } from './analysis.ports.js';
import { AnalysisRepository } from './analysis.repository.js';
import { explainLayers } from './layer.contributions.js';

export interface StepControl {
  readonly signal: AbortSignal;
  /** `message` is a sentence for people. */
  readonly progress: (done: number, total: number, message?: string) => void;
}

/** Part of an analysis that one slice of the classes contributes. */
export interface ExplainedPart {
  readonly heatMaps: readonly HeatMapEntry[];
  readonly fallbacks: readonly Fallback[];
}

/** A sample before its model. */
interface OpenedAnalysis {
  readonly analysis: Analysis;
  readonly owner: ArtifactOwner;
  readonly model: OpenModel;
  readonly sample: SampleTensors;
  readonly evaluation: { readonly loss?: number; readonly trueClass: number };
  readonly probabilities: Float32Array;
  readonly predictedClass: number;
}

/** How fine a map at the input is taken to be when a random mask is to be its match. */
const INPUT_CELLS = 7;

/**
 * Makes analyses: heat maps, their faithfulness, and the units that matter. May run again; only what is
 * committed counts.
 */
@Injectable()
export class AnalysisExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(AnalysisRepository) private readonly analyses: Analyses,
    @Inject(ModelStore) private readonly models: Pick<ModelStore, 'open'>,
    @Inject(ActivationsClient) private readonly statistics: Pick<ActivationsClient, 'readUnits'>,
    @Inject(AnalysisArtifactStore) private readonly artifacts: AnalysisArtifactStore,
    @Inject(AnalysisEventPublisher) private readonly events: Pick<AnalysisEventPublisher, 'ready'>,
  ) {}

  /** Draws and judges the heat maps of the classes of one slice; the first slice has that of the loss. */
  async explain(
    teamId: string,
    id: string,
    slice: Slice,
    { signal, progress }: StepControl,
  ): Promise<ExplainedPart> {
    const {
      analysis: { source, settings },
      owner,
      model,
      sample,
      evaluation,
      predictedClass,
    } = await this.open(teamId, id, signal);
    const classes = takeSlice(
      chooseClasses({
        settings,
        width: model.width,
        predictedClass,
        trueClass: evaluation.trueClass,
        areas: sample.areas,
      }),
      slice,
    );
    const algorithms = settings.algorithms.filter(
      (key) => explainers.get(key).facts.explains === 'class' || slice.index === 0,
    );
    const of = toExplained(model, sample, { classes, layer: settings.layer, signal });
    const isNumbers = source.task === 'regression';
    const total = settings.algorithms.length + 2;
    const { explanations, fallbacks } = await explainAll(of, algorithms, (key, i) => {
      progress(
        i,
        total,
        `explaining ${counted(classes.length, isNumbers ? 'output' : 'class')} by ${explainers.get(key).title}`,
      );
    });
    progress(total - 2, total, `judging ${explanations.length} heat maps by deletion and insertion`);
    return {
      heatMaps: await this.draw(owner, of, explanations, {
        ...evaluation,
        isNumbers,
        classNames: listNames(source, model.width),
      }),
      fallbacks,
    };
  }

  /**
   * Ranks the units of every layer, and makes the analysis of all parts; what it gives is to be run in the
   * transaction that ends the step.
   */
  async publish(
    teamId: string,
    id: string,
    parts: readonly ExplainedPart[],
    { signal, progress }: StepControl,
  ): Promise<{ commit: () => Promise<void> }> {
    const { analysis, owner, model, sample, evaluation, probabilities, predictedClass } = await this.open(
      teamId,
      id,
      signal,
    );
    const { source, settings } = analysis;
    const total = settings.algorithms.length + 2;
    const isNumbers = source.task === 'regression';
    progress(total - 1, total, 'ranking the units of every layer');
    const of = toExplained(model, sample, { classes: [], layer: settings.layer, signal });
    const logits = await model.score(sample, of.input, signal);
    const units = await this.statistics.readUnits(teamId, source.projectId, source.runId, source.epoch);
    const { layers, activations } = await explainLayers(of, {
      predictedClass: Math.max(predictedClass, 0),
      count: settings.unitsPerLayer,
      statistics: units,
    });
    // The parts have the same fallbacks, but for that of the loss, which only the first has.
    const { fallbacks } = parts[0]!;
    const contents: AnalysisContents = {
      ...evaluation,
      predictedClass,
      ...(isNumbers && { predictions: [...probabilities] }),
      scores: isNumbers
        ? []
        : Array.from(
            probabilities,
            (probability, classIndex): ClassScore => ({
              classIndex,
              className: listNames(source, model.width)[classIndex] ?? '',
              probability,
              logit: logits[classIndex]!,
            }),
          ),
      heatMaps: inOrder(parts),
      layers,
      ...(fallbacks.length === 0 ? {} : { fallbacks }),
      ...(await this.featureMaps(owner, of, activations)),
    };
    return { commit: () => this.finish(analysis, contents) };
  }

  private async open(teamId: string, id: string, signal: AbortSignal): Promise<OpenedAnalysis> {
    const { unitOfWork, analyses, models, artifacts } = this;
    const analysis = await unitOfWork.run(teamId, () => analyses.find(id));
    if (analysis === undefined) throw analysisNotFound(id);
    const { source } = analysis;
    const model = await models.open(source);
    const sample = await model.readTensors(source.sample);
    const evaluation =
      source.evaluation === undefined
        ? { trueClass: -1 }
        : await artifacts.readEvaluation(source.evaluation, source.sample.row, source.output);
    const probabilities = await model.predict(sample, sample.inputs.get(model.input.name)!.data, signal);
    return {
      analysis,
      owner: { teamId, projectId: source.projectId, id },
      model,
      sample,
      evaluation,
      probabilities,
      predictedClass: findPredictedClass(source, sample, probabilities),
    };
  }

  private async draw(
    owner: ArtifactOwner,
    of: Explained,
    explanations: readonly ExplanationResult[],
    {
      trueClass,
      isNumbers,
      classNames,
    }: { readonly trueClass: number; readonly isNumbers: boolean; readonly classNames: readonly string[] },
  ): Promise<HeatMapEntry[]> {
    const { artifacts } = this;
    const { model, sample, geometry, signal } = of;
    const picture = inputMap(of.input, geometry);
    const judge = new FaithfulnessScorer(
      picture,
      model.width,
      (rows) => model.predict(sample, rows, signal),
      model.input.embedding !== undefined,
    );
    return Promise.all(
      explanations.map(
        async ({ key, target, map, peak, completenessGap, signed, order, layer }): Promise<HeatMapEntry> => {
          const id = target.kind === 'class' ? `${key}-${target.classIndex}` : key;
          const cells = Math.max(
            ...(model.layers.find(({ name }) => name === layer)?.positionDims ?? [INPUT_CELLS]),
          );
          // Of the loss: how wrong the model is, 1 − p(true class).
          const readScore: ReadScore =
            target.kind === 'class'
              ? (outputs, at) => outputs[at + target.classIndex]!
              : (outputs, at) => 1 - (outputs[at + Math.max(trueClass, 0)] ?? 0);
          const [faithfulness, values, drawn] = await Promise.all([
            // Deletion and insertion are areas under a probability; a number has no probability, nor has a
            // loss without a label.
            isNumbers || (target.kind === 'loss' && trueClass < 0)
              ? undefined
              : judge.judge(order ?? map, cells, readScore),
            artifacts.writeValues(owner, `${id}.arrow`, map, geometry.mapDims),
            artifacts.writePicture(owner, `${id}.png`, overlayPicture(picture, map, signed)),
          ]);
          const named =
            target.kind !== 'class'
              ? target
              : isNumbers
                ? { kind: 'output' as const, output: target.classIndex }
                : { ...target, className: classNames[target.classIndex] ?? '' };
          return {
            id,
            algorithm: key,
            signed,
            layer,
            dims: geometry.mapDims,
            target: named,
            ...(faithfulness && { faithfulness }),
            values,
            picture: drawn,
            peak,
            ...(completenessGap !== undefined && { completenessGap }),
          };
        },
      ),
    );
  }

  private async featureMaps(
    owner: ArtifactOwner,
    { model }: Explained,
    activations: ReadonlyMap<string, FeatureMap>,
  ): Promise<Pick<AnalysisContents, 'featureMaps'>> {
    const files = model.layers
      .filter(({ positionDims }) => positionDims.length > 0)
      .map(({ name }) => channelsLast(name, activations.get(name)!));
    return files.length === 0 ? {} : { featureMaps: await this.artifacts.writeFeatureMaps(owner, files) };
  }

  private async finish(analysis: Analysis, contents: AnalysisContents): Promise<void> {
    const readyTime = new Date();
    await this.analyses.finish(analysis.id, contents, readyTime);
    await this.events.ready(analysis, readyTime);
  }
}

/** Sorts the heat maps of all parts by algorithm, and within an algorithm in the order of the parts. */
function inOrder(parts: readonly ExplainedPart[]): HeatMapEntry[] {
  const keys = [...new Set(parts.flatMap(({ heatMaps }) => heatMaps.map(({ algorithm }) => algorithm)))];
  return keys.flatMap((key) =>
    parts.flatMap(({ heatMaps }) => heatMaps.filter(({ algorithm }) => algorithm === key)),
  );
}

const MAX_CLASSES = 4;

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : noun === 'class' ? 'es' : 's'}`;

/** Returns the names of the data's classes if the model distinguishes the same number of classes. */
const listNames = ({ classNames }: Analysis['source'], width: number): readonly string[] =>
  width === classNames.length ? classNames : [];

/** The likeliest class, per position the one with the largest area; none for a regression. */
function findPredictedClass(
  { task }: Analysis['source'],
  { areas }: SampleTensors,
  probabilities: Float32Array,
): number {
  if (task === 'regression') return -1;
  return areas === undefined ? likeliest(probabilities) : areas.indexOf(Math.max(...areas));
}

/**
 * Chooses the classes to explain: the requested classes, otherwise the predicted one and the label, or the
 * classes that are predicted at some position.
 */
function chooseClasses({
  settings,
  width,
  predictedClass,
  trueClass,
  areas,
}: {
  settings: Analysis['settings'];
  width: number;
  predictedClass: number;
  trueClass: number;
  areas: readonly number[] | undefined;
}): readonly number[] {
  const all = Array.from({ length: width }, (_, i) => i);
  if (settings.classes.length > 0) return settings.classes;
  if (settings.allClasses === true) return all;
  if (areas !== undefined)
    return all
      .filter((index) => areas[index]! > 0)
      .sort((a, b) => areas[b]! - areas[a]!)
      .slice(0, MAX_CLASSES);
  if (predictedClass < 0) return all.slice(0, MAX_CLASSES);
  return [...new Set([predictedClass, trueClass])].filter((index) => index >= 0 && index < width);
}

function channelsLast(layer: string, { data, height, width, channels, order }: FeatureMap): FeatureMapFile {
  if (order === 'hwc') return { layer, height, width, units: channels, data };
  const positions = height * width;
  const turned = Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % channels) * positions + Math.floor(i / channels)]!,
  );
  return { layer, height, width, units: channels, data: turned };
}
