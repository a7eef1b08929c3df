import type { ArtifactRef, Task } from '@noema/kernel';
import type { LoadedDataset, SplitRows } from '../dataset/dataset.js';
import type { TensorSpec } from '../model/model.js';
import type { Pair } from '../run/fit.js';
import type { LossInfo, OutputInfo } from '../run/objective.js';
import type { KerasSpec, RunSettings, SplitMetrics } from '../run/run.js';

/** What the model says about all rows after an epoch; the only source of a sample's loss. */
export interface Evaluation {
  readonly rows: number;
  /**
   * What the first output is asked to do; absent in evaluations that were made before tasks were recorded.
   */
  readonly task?: Task | undefined;
  /** Numbers of the first output, per row. */
  readonly width: number;
  /** [rows]; 1 for samples with ground truth. */
  readonly hasLoss: Uint8Array;
  /** [rows]; NaN without ground truth. */
  readonly loss: Float32Array;
  /** [rows]; −1 when the model does not classify. */
  readonly predictedClass: Int32Array;
  /** [rows]; −1 without ground truth. */
  readonly trueClass: Int32Array;
  /** [rows]; 1 where both classes are the same, of labels all of them. */
  readonly correct: Uint8Array;
  /** [rows, width], row-major: what the first output gives; probabilities unless the task is a regression. */
  readonly outputs: Float32Array;
  /** [rows, width] of a regression with few outputs and ground truth. */
  readonly targets?: Float32Array;
  /** [rows]: ground truth minus prediction of a regression with one output, NaN without ground truth. */
  readonly residual?: Float32Array;
  /** [rows]: share of the positions that are predicted correctly, NaN without ground truth. */
  readonly pixelAccuracy?: Float32Array;
  /** [rows]: intersection over union, NaN where there is none. */
  readonly iou?: Float32Array;
}

/** What a training is made of. */
export interface TrainingRequest {
  /** The model.json. */
  readonly topology: unknown;
  readonly settings: RunSettings;
  /** In the order of the manifest; drawn from `initialSeed` when absent. */
  readonly weights: Uint8Array | undefined;
  readonly initialSeed: number;
  /** What `TrainingSession.state` gave; goes on from there. */
  readonly state: Uint8Array | undefined;
  readonly splits: readonly SplitRows[];
  readonly sampleCount: number;
  readonly inputs: readonly Pair[];
  readonly targets: readonly Pair[];
  readonly data: LoadedDataset;
}

export interface Watched {
  readonly signal: AbortSignal;
  /** Called after every batch. */
  readonly onBatch: (done: number, total: number, loss: number) => void;
}

/** A training in memory. */
export interface TrainingSession {
  /**
   * Trains one epoch and gives its mean loss. Throws `precondition` LOSS_NOT_FINITE that names epoch and
   * batch; stops within one batch of the signal.
   */
  trainEpoch(watched: Watched): Promise<{ readonly loss: number; readonly samples: number }>;
  /** Judges all rows with the weights as they are. */
  evaluate(
    watched: Watched,
  ): Promise<{ readonly evaluation: Evaluation; readonly splits: readonly SplitMetrics[] }>;
  /** In the order of the manifest. */
  weights(): Uint8Array;
  /** What a later session needs to go on as if nothing had happened. */
  state(): Uint8Array;
  close(): Promise<void>;
}

/** Trains models. */
export interface TrainingEngine {
  readonly name: string;
  /** All losses that there are. */
  readonly losses: readonly LossInfo[];
  /**
   * The loss under its full name, its parameters checked. Throws `invalid` LOSS_UNKNOWN,
   * LOSS_PARAMETER_UNKNOWN, LOSS_PARAMETER_INVALID, SETTING_INVALID.
   */
  lossOf(spec: KerasSpec): KerasSpec;
  /**
   * The ground truth that a model needs for a run: one tensor for each output, in the shape that the loss
   * wants. Throws `invalid` LOSS_UNKNOWN, OPTIMIZER_UNKNOWN, METRIC_UNKNOWN, METRIC_MISFIT,
   * LEARNING_RATE_SCHEDULE_UNKNOWN, SETTING_INVALID.
   */
  plan(topology: unknown, settings: RunSettings): readonly TensorSpec[];
  open(request: TrainingRequest): Promise<TrainingSession>;
}

/** Tells beside the event loop what a run of a stored model would be. Teams take turns. */
export interface RunPlanner {
  /** What the outputs of a model are. */
  outputsOf(topology: unknown, teamId: string): Promise<readonly OutputInfo[]>;
  /** As `TrainingEngine.plan`. */
  plan(topology: unknown, settings: RunSettings, teamId: string): Promise<readonly TensorSpec[]>;
}

/** Whose epoch an artifact is. */
export interface EpochOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
}

/** Where checkpoints and evaluations lie. */
export interface EpochStore {
  saveWeights(owner: EpochOwner, bytes: Uint8Array): Promise<ArtifactRef>;
  saveState(owner: EpochOwner, bytes: Uint8Array): Promise<ArtifactRef>;
  saveEvaluation(owner: EpochOwner, evaluation: Evaluation): Promise<ArtifactRef>;
  read(ref: ArtifactRef): Promise<Uint8Array>;
  readEvaluation(ref: ArtifactRef): Promise<Evaluation>;
}
