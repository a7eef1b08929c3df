import { type ArtifactRef, type JobResource, type SampleAddress, type Task, deriveUuid } from '@noema/kernel';
import type { ServedSource } from '../served-model/served-model.js';

/** Where the tensors of a row lie. */
export interface StoredRow {
  readonly split: SampleAddress['split'];
  readonly row: number;
  /** Row inside the shard. */
  readonly shardRow: number;
  readonly inputs: ArtifactRef;
  readonly groundTruths?: ArtifactRef | undefined;
}

/** One sample and where its tensors lie. */
export interface LocatedSample extends SampleAddress, StoredRow {}

/** A dataset version of a team whose integration computes the loss. */
export interface ScoredData {
  readonly teamId: string;
  readonly datasetVersionId: string;
}

/** A model with its weights. */
export interface ModelSource {
  readonly topology: ArtifactRef;
  readonly weights: ArtifactRef;
  /** Output that is explained, with its own task and loss; absent for the first one with the losses of all. */
  readonly output?: string | undefined;
  /** Of the first output; absent where nothing is compared with ground truth. */
  readonly loss?: KerasSpec | undefined;
  /** Task of the first output; absent in analyses that were requested before tasks were recorded. */
  readonly task?: Task | undefined;
  /** Number of classes of the objects of a detection; absent for other tasks. */
  readonly objectClasses?: number | undefined;
  /** Losses by output; absent where all outputs have the one of the first. */
  readonly losses?: readonly (KerasSpec & { readonly output: string })[] | undefined;
  /** The data whose integration computes the loss; absent for other losses. */
  readonly scored?: ScoredData | undefined;
  /** Set where a process of a user computes the model; the weights are then empty. */
  readonly served?: ServedSource | undefined;
  /** Branch of a recorded run, which distinguishes an epoch from the one that it replaced; absent for branch 0. */
  readonly branch?: number;
}

/** The part of a result's id that names the branch: nothing for branch 0, so that earlier ids stay valid. */
export const branchKey = ({ branch = 0 }: Pick<ModelSource, 'branch'>): readonly string[] =>
  branch > 0 ? [`branch ${branch}`] : [];

/** A loss under its Keras name with its settings. */
export interface KerasSpec {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Everything that an analysis is made of. */
export interface AnalysisSource extends ModelSource {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly evaluation?: ArtifactRef | undefined;
  readonly classNames: readonly string[];
  readonly sample: LocatedSample;
}

export interface AnalysisSettings {
  /** Classes to make heat maps for; empty for the predicted one and the label. */
  readonly classes: readonly number[];
  /** True for every class where none is named. */
  readonly allClasses?: boolean;
  /** Keys of explainers. */
  readonly algorithms: readonly string[];
  /** Layer of Grad-CAM; empty for a model without a layer with positions. */
  readonly layer: string;
  readonly unitsPerLayer: number;
  /** Name of the output that is explained; absent for the first one with the losses of all. */
  readonly output?: string;
}

/**
 * The score that a heat map explains: a class, a number that a regression predicts, the loss, or the
 * similarity of two samples.
 */
export type HeatMapTarget =
  | { readonly kind: 'output'; readonly output: number }
  | { readonly kind: 'class'; readonly classIndex: number; readonly className: string }
  | { readonly kind: 'loss' }
  | { readonly kind: 'similarity' };

/**
 * Areas under the score (Petsiuk, Das & Saenko 2018), their mean over random masks of the same area, and the
 * areas of an edge detector.
 */
export interface Faithfulness {
  readonly deletion: number;
  readonly insertion: number;
  readonly randomDeletion: number;
  readonly randomInsertion: number;
  /**
   * Standard deviations over orders of equally hot positions, and how many there were; absent in analyses
   * that were made in one order.
   */
  readonly deletionSpread?: number;
  readonly insertionSpread?: number;
  readonly orders?: number;
  /** Absent in analyses that were made before edges were compared with. */
  readonly edgeDeletion?: number;
  readonly edgeInsertion?: number;
}

export interface HeatMapEntry {
  readonly id: string;
  readonly target: HeatMapTarget;
  /** Key of the explainer; `shared-area` for what two samples share. */
  readonly algorithm: string;
  /** True when negative values mean something; absent in analyses that were made before it was stored. */
  readonly signed?: boolean;
  /** Empty for the input. */
  readonly layer: string;
  readonly dims: readonly number[];
  readonly faithfulness?: Faithfulness;
  /** Divisor of the values; absent in analyses from before it was stored. */
  readonly peak?: number;
  /** How far integrated gradients are from the difference of the scores, as a share of it. */
  readonly completenessGap?: number;
  readonly values: ArtifactRef;
  readonly picture: ArtifactRef;
}

export interface ClassScore {
  readonly classIndex: number;
  readonly className: string;
  readonly probability: number;
  readonly logit: number;
}

export interface UnitEntry {
  readonly unit: number;
  readonly response: number;
  readonly standardResponse: number;
  readonly contribution: number;
  readonly lossContribution: number;
}

export interface LayerEntry {
  readonly layer: string;
  readonly kind: string;
  /** Sizes of the positions; empty for a dense layer. */
  readonly positionDims: readonly number[];
  readonly units: readonly UnitEntry[];
}

/** An algorithm that the model has no gradients for, and the algorithms that explain the classes instead. */
export interface Fallback {
  readonly asked: string;
  /** Empty where nothing could be taken instead. */
  readonly used: readonly string[];
  /** Which operator has no gradient. */
  readonly reason: string;
}

/** Result of an analysis; present once its job is done. */
export interface AnalysisContents {
  /** The number of the run's evaluation; absent without ground truth. */
  readonly loss?: number;
  /** −1 without ground truth. */
  readonly trueClass: number;
  /** Numbers of a regression. */
  readonly predictions?: readonly number[];
  readonly predictedClass: number;
  readonly scores: readonly ClassScore[];
  readonly heatMaps: readonly HeatMapEntry[];
  readonly layers: readonly LayerEntry[];
  /** Absent where every algorithm could be used. */
  readonly fallbacks?: readonly Fallback[];
  /** Feature maps of the sample: one float32 column `[h, w, units]` for each layer with positions. */
  readonly featureMaps?: ArtifactRef;
}

export interface Analysis extends JobResource {
  readonly settings: AnalysisSettings;
  readonly source: AnalysisSource;
  readonly contents?: AnalysisContents | undefined;
}

/** Most heat maps of one shard, unless a single class has more. */
const MAPS_PER_SHARD = 8;

/**
 * Number of shards of an analysis of a model that distinguishes `classCount` classes. Without requested
 * classes only a few are explained, in one shard.
 */
export function analysisShards(
  { classes, allClasses, algorithms }: AnalysisSettings,
  classCount: number,
): number {
  const asked = classes.length > 0 ? classes.length : allClasses === true ? classCount : 1;
  return Math.max(1, Math.ceil(asked / Math.max(1, Math.floor(MAPS_PER_SHARD / algorithms.length))));
}

/** The id of an analysis: asking twice for the same finds the same one. */
export const analysisId = (source: AnalysisSource, settings: AnalysisSettings): string =>
  deriveUuid(
    'analysis',
    source.runId,
    String(source.epoch),
    source.sample.split,
    source.sample.sampleId,
    ...branchKey(source),
    JSON.stringify([
      settings.classes,
      settings.algorithms,
      settings.layer,
      settings.unitsPerLayer,
      ...(settings.allClasses === true ? ['all'] : []),
      ...(settings.output === undefined ? [] : [{ output: settings.output }]),
    ]),
  );
