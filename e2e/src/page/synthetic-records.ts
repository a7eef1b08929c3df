import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { type Exploration, type ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { type RunSchema, RunState } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { IDS } from './synthetic-ids.js';
import type { SyntheticModel } from './synthetic-models.js';
import type { InsightOptions } from './synthetic-insights.js';
import type { QualityOptions } from './synthetic-quality.js';
import type { SyntheticOptions, SyntheticPopulation } from './synthetic-population.js';
import type { SyntheticTask } from './synthetic-tasks.js';

/** Settings of a synthetic platform in addition to its population. */
export interface PlatformOptions extends SyntheticOptions, QualityOptions, InsightOptions {
  /** Role of every person who signs in; `admin` by default. */
  readonly role?: 'viewer' | 'admin';
  /** Task of the run. Default: one of several classes. */
  readonly task?: SyntheticTask;
  /** Why the run has no loss; it has one unless said. */
  readonly noLossReason?: string;
  /** Epochs that the run has done, each with a map; 1 unless said. */
  readonly epochs?: number;
  /** Whether predictions and losses change from epoch to epoch; they do not unless said. */
  readonly isLearning?: boolean;
  /** A second run on the same maps, as far as it differs from the first. Default: none. */
  readonly otherRun?: Omit<MessageInitShape<typeof RunSchema>, '$typeName' | '$unknown'>;
  /** Whether the project has its run; it has unless said. */
  readonly hasRun?: boolean;
  /** Number of further runs of the project, with settings and epochs; none unless said. */
  readonly moreRuns?: number;
  /** Saved dashboards; none unless said. */
  readonly dashboards?: readonly {
    readonly displayName: string;
    readonly document: string;
    readonly draft: boolean;
  }[];
  /**
   * How the maps are; `ready` unless said. A failed one is ready once its job is tried again; refused are the
   * responses that maps are made of.
   */
  readonly maps?: 'ready' | 'failed' | 'none' | 'refused';
  /** Whether samples can be explained; they cannot unless said. */
  readonly explains?: boolean;
  /**
   * Metrics of the validation samples after an epoch, its loss among them; one without a value for the epoch
   * is left out.
   */
  readonly makeMetrics?: (epoch: number) => Readonly<Record<string, number>>;
  /** Layers with learned units, from the first to the last; none unless said. */
  readonly layers?: readonly string[];
  /** Models, newest first. Default: none. The run starts from the first. */
  readonly models?: readonly SyntheticModel[];
  /** Number of samples of a second dataset version that can be projected into the map. Default: none. */
  readonly others?: number;
  /** The visuals of every sample. Default: one picture. */
  readonly visuals?: readonly {
    readonly name: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  }[];
  /** Text fields of the metadata, without values. Default: none. */
  readonly metadata?: readonly string[];
  /** The picture of every sample; small rings unless said. */
  readonly picture?: { readonly width: number; readonly height: number; readonly png: Uint8Array };
}

/** A map as a list has it. */
export type MapRecord = Exclude<MessageInitShape<typeof ExplorationSchema>, Exploration>;

const MADE = timestampFromDate(new Date('2026-11-01T12:00:00Z'));
const USUAL = (epoch: number): Record<string, number> => ({ loss: 0.1 / epoch, accuracy: 0.97 });
const TRUST = {
  k: 15,
  trustworthiness: 0.98,
  continuity: 0.98,
  knnOverlap: 0.3,
  labelAgreementMap: 0.97,
  labelAgreementVectors: 0.97,
  randomTripletAccuracy: 0.74,
  distanceCorrelation: 0.52,
  rankedPoints: 2_000,
  trustworthinessInterval: 0.0012,
  continuityInterval: 0.0009,
  randomTripletInterval: 0.0027,
  distanceCorrelationInterval: 0.0041,
};

/** All answers of the services of a synthetic platform except samples. */
export function syntheticRecords(
  {
    epochs: done = 1,
    hasRun = true,
    maps = 'ready',
    makeMetrics = USUAL,
    picture,
    visuals,
    layers = [],
    others,
    task,
    noLossReason = '',
    metadata = [],
  }: PlatformOptions,
  { count, classNames }: SyntheticPopulation,
) {
  const common = { projectId: IDS.project, createTime: MADE };
  const project = { id: IDS.project, displayName: 'synthetic', createTime: MADE, updateTime: MADE };
  const epochs = Array.from({ length: done }, (_, i) => {
    const { loss = 0, ...metrics } = task?.metrics ?? makeMetrics(i + 1);
    return {
      runId: IDS.run,
      epoch: i + 1,
      splits: [
        {
          split: Split.VALIDATION,
          sampleCount: count,
          loss,
          metrics: Object.entries(metrics).map(([name, value]) => ({ name, value })),
        },
      ],
      evaluation: { uri: `evaluation-${i + 1}` },
      endTime: MADE,
      seconds: 1,
    };
  });
  const last = epochs.at(-1);
  const run = {
    ...common,
    id: IDS.run,
    displayName: 'made up',
    datasetVersionId: IDS.data,
    state: RunState.SUCCEEDED,
    epochsDone: done,
    ...(last === undefined ? {} : { lastEpoch: last }),
    settings: { epochs: done },
    noLossReason,
    ...(task !== undefined && { task: task.task, objectives: [{ output: 'out', task: task.task }] }),
    endTime: MADE,
  };
  const set = {
    ...common,
    id: IDS.set,
    runId: IDS.run,
    epoch: Math.max(1, done),
    datasetVersionId: IDS.data,
    perceptionSpaceId: IDS.space,
    ...(maps === 'refused'
      ? {
          state: JobState.FAILED,
          fault: {
            reason: 'NO_LEARNED_UNITS',
            message: 'no layer of the model has learned units; import a model that has some',
          },
        }
      : { state: JobState.SUCCEEDED, readyTime: MADE }),
    sampleCount: count,
    layers: layers.map((name, at) => ({ name, kind: 'Dense', unitCount: 8, firstUnit: 8 * at })),
  };
  const makeMap = (epoch: number, isReady: boolean): MapRecord => ({
    ...common,
    id: mapId(epoch),
    activationSetId: IDS.set,
    runId: IDS.run,
    epoch,
    datasetVersionId: IDS.data,
    perceptionSpaceId: IDS.space,
    method: 'umap',
    dimensions: 2,
    automatic: true,
    jobId: IDS.job,
    pointCount: count,
    ...(isReady
      ? { state: JobState.SUCCEEDED, trust: TRUST, readyTime: MADE }
      : {
          state: JobState.FAILED,
          fault: {
            reason: 'VECTORS_DAMAGED',
            message: 'the vectors of epoch 1 do not match their checksum; extract them again',
          },
        }),
  });
  const size = picture ?? { width: 28, height: 28 };
  const datasetVersion = {
    ...common,
    id: IDS.data,
    displayName: 'made up',
    state: JobState.SUCCEEDED,
    sampleCount: count,
    shardSize: 2048,
    splits: [{ split: Split.VALIDATION, count, firstRow: 0 }],
    inputs: [{ name: 'image', dims: [size.height, size.width, 1] }],
    classNames: [...(task?.classNames ?? classNames)],
    metadataColumns: metadata.map((name) => ({ name, type: ColumnType.STRING })),
    ...(task !== undefined && { groundTruths: [{ name: 'truth', dims: [...task.truthDims] }] }),
    visualizers: (visuals ?? [{ name: 'image', mediaType: 'image/png' }]).map(({ name, mediaType }) => ({
      name,
      mediaType,
    })),
    readyTime: MADE,
  };
  return {
    project,
    epochs,
    set,
    datasetVersion,
    otherVersion:
      others === undefined
        ? undefined
        : {
            ...datasetVersion,
            id: IDS.other,
            displayName: 'later ones',
            sampleCount: others,
            splits: [{ split: Split.VALIDATION, count: others, firstRow: 0 }],
          },
    runs: hasRun ? [run] : [],
    team: { id: IDS.team, displayName: 'synthetic', createTime: MADE, updateTime: MADE },
    space: { ...common, id: IDS.space, name: 'all', builtIn: true },
    /** The maps, newest first; the failed ones in their state after `retried`. */
    maps: (retried: boolean) =>
      maps === 'none' || maps === 'refused'
        ? []
        : epochs.map(({ epoch }) => makeMap(epoch, maps === 'ready' || retried)).reverse(),
  };
}

/** The id of the map of an epoch. */
export const mapId = (epoch: number): string => IDS.map.slice(0, -3) + String(epoch + 5).padStart(3, '0');

/** The epoch of the map of that id. */
export const epochOfMap = (id: string): number => Number(id.slice(-3)) - 5;
