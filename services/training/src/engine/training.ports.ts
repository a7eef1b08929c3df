import type { ArtifactRef } from '@noema/kernel';
import type { OutputEvaluation } from '@noema/population/rules';
import type { LoadedDataset, SplitRows } from '../dataset/dataset.js';
import type { TensorSpec } from '../model/model.js';
import type { Pair } from '../run/fit.js';
import type { LossInfo, OutputInfo } from '../run/objective.js';
import type { KerasSpec, RunSettings, SplitMetrics } from '../run/run.js';

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
  ): Promise<{ readonly evaluation: OutputEvaluation; readonly splits: readonly SplitMetrics[] }>;
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
  saveEvaluation(owner: EpochOwner, evaluation: OutputEvaluation): Promise<ArtifactRef>;
  read(ref: ArtifactRef): Promise<Uint8Array>;
  readEvaluation(ref: ArtifactRef): Promise<OutputEvaluation>;
}
