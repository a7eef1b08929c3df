import type { DetectionOutput } from '@noema/detection';
import type { Fault, Task } from '@noema/kernel';
import type { Epoch } from '../epoch/epoch.js';

/** A loss, optimizer, metric or schedule under its Keras name with its Keras settings. */
export interface KerasSpec {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export type RunKind = 'train' | 'evaluate' | 'recorded';

/** Ground truth and loss of an output of the model. */
export interface RunObjective {
  readonly output: string;
  readonly task: Task;
  /** Absent where the output is not compared with ground truth. */
  readonly loss: KerasSpec | undefined;
  /** How the output of a detection becomes objects, and the shape of a sample's ground truth. */
  readonly detection?: DetectionOutput & { readonly truthDims: readonly number[] };
  /** Ground truth of a sample where the integration of the data computes the loss. */
  readonly scored?: {
    readonly truthDims: readonly number[];
    /** True where predictions can be compared with it number by number. */
    readonly isComparable: boolean;
  };
}

/** How a run trains, with every default filled in, so that the same settings always give the same weights. */
export interface RunSettings {
  readonly kind: RunKind;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Of the first output; absent where nothing is compared with ground truth. */
  readonly loss?: KerasSpec | undefined;
  readonly optimizer: KerasSpec;
  readonly metrics: readonly KerasSpec[];
  readonly learningRateSchedule: KerasSpec | undefined;
  readonly workers: number;
  /** Layers whose responses are followed; absent or empty for all learned ones. */
  readonly layers?: readonly string[];
  /** Layers whose weights the run does not change; absent or empty for none. */
  readonly frozenLayers?: readonly string[];
  /** Sentence of a client on what of the model it does not record; absent or empty if it records all. */
  readonly layersNote?: string;
  /** Task and loss of every output; absent in runs that were started before tasks were recorded. */
  readonly objectives?: readonly RunObjective[];
  /** Why there is no loss; absent or empty with one. */
  readonly noLossReason?: string;
}

export type RunState = 'queued' | 'running' | 'stopping' | 'stopped' | 'succeeded' | 'failed';

/**
 * One training or one evaluation of a model version on a dataset version. State, fault and end come from its
 * job.
 */
export interface Run {
  readonly id: string;
  readonly projectId: string;
  readonly displayName: string;
  readonly datasetVersionId: string;
  readonly modelVersionId: string;
  readonly settings: RunSettings;
  readonly jobId: string;
  readonly engine: string;
  readonly state: RunState;
  readonly fault: Fault | undefined;
  readonly epochsDone: number;
  readonly lastEpoch: Epoch | undefined;
  readonly progress: RunProgress | undefined;
  readonly createTime: Date;
  readonly endTime: Date | undefined;
}

/** The first stored fields of a run; the rest follows from its job and its epochs. */
export type NewRun = Pick<
  Run,
  | 'id'
  | 'projectId'
  | 'displayName'
  | 'datasetVersionId'
  | 'modelVersionId'
  | 'settings'
  | 'jobId'
  | 'engine'
  | 'createTime'
>;

export type RunPhase = 'training' | 'evaluating' | 'saving';

export interface RunProgress {
  /** Epoch in work, from 1. */
  readonly epoch: number;
  readonly phase: RunPhase;
  readonly done: number;
  readonly total: number;
  /** Mean training loss of the epoch so far. */
  readonly loss: number;
}

export const hasEnded = (state: RunState): boolean =>
  state === 'stopped' || state === 'succeeded' || state === 'failed';
