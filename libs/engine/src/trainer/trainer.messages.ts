import type { MaskSpec } from '@noema/layers';
import type { SharedMemory } from '@noema/simd';
import type { Settings } from '../keras.settings.js';
import type { PooledTower } from '../programs/pooled.tower.js';
import type { ScoredOutput } from '../programs/train-step.program.js';
import type { SentError } from '../pool/pool.messages.js';
import { BARRIER_INTS } from './barrier.js';
import type { ParameterSpan } from './parameter.layout.js';
import type { ResidentTensor } from './training.data.js';

/** Cells of the control memory after the barrier's. */
export const STOP_ASKED = BARRIER_INTS;
export const STOP_DECIDED = BARRIER_INTS + 1;
export const CONTROL_INTS = BARRIER_INTS + 2;

export interface KerasName {
  readonly name: string;
  readonly settings?: Settings;
}

/** One parameter as a worker sees it. */
export interface WorkerParameter extends ParameterSpan {
  readonly dims: readonly number[];
  readonly gradient?: string;
  readonly update?: string;
  /** True when the gradient is not the program's but the tower's. */
  readonly inTower: boolean;
}

/** State that all workers of a training share. The arrays are views of shared memory. */
export interface TrainerSetup {
  readonly worker: number;
  readonly workers: number;
  readonly backend: string;
  readonly program: SharedArrayBuffer;
  readonly loss: string;
  readonly scale: string;
  /** Program inputs that are read from the data, with one row's shape. */
  readonly data: readonly (ResidentTensor & { readonly name: string })[];
  readonly masks: readonly MaskSpec[];
  readonly parameters: readonly WorkerParameter[];
  readonly tower?: PooledTower & { readonly data: ResidentTensor };
  /** The output whose loss the main thread computes. */
  readonly scored?: ScoredOutput;
  readonly optimizer: KerasName;
  readonly schedule?: KerasName;
  readonly seed: number;
  readonly batchSize: number;
  readonly control: Int32Array;
  /** Cells of the process's ExitGate. */
  readonly gate: Int32Array;
  /** Where the arrays of numbers are that follow. */
  readonly memory: SharedMemory;
  readonly flat: Float32Array;
  /** One array of gradients (or updates) for each worker. */
  readonly gradients: readonly Float32Array[];
  readonly slots: readonly Float32Array[];
  /** Sum of the losses of each worker's rows of the batch. */
  readonly lossSums: Float64Array;
}

/** Losses of rows [n] and their gradients by the predictions [n, …], computed outside of the graph. */
export interface BatchScores {
  readonly losses: Float64Array;
  readonly gradients: Float32Array;
}

/** Computes the losses of rows from their predictions [n, …dims]. */
export type ScoreBatch = (batch: {
  readonly rows: Uint32Array;
  readonly predictions: Float32Array;
  readonly dims: readonly number[];
}) => Promise<BatchScores>;

/** Answer to a `score` of a worker. */
export type ScoredBatch =
  | { readonly kind: 'scored'; readonly scores: BatchScores }
  | { readonly kind: 'scored'; readonly error: SentError };

/** One epoch: `order` are the rows in the order to be read. */
export interface EpochRequest {
  readonly epoch: number;
  /** Steps done before. */
  readonly iteration: number;
  readonly order: Uint32Array;
}

export type TrainerReply =
  | { readonly kind: 'batch'; readonly batch: number; readonly loss: number; readonly rows: number }
  | {
      readonly kind: 'done';
      readonly batches: number;
      readonly lossSum: number;
      readonly rows: number;
      readonly learningRate: number;
      readonly stopped: boolean;
    }
  | { readonly kind: 'score'; readonly rows: Uint32Array; readonly predictions: Float32Array }
  | { readonly kind: 'not-finite'; readonly batch: number; readonly loss: number }
  | { readonly kind: 'failed'; readonly error: SentError };
