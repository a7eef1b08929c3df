import type { FeatureMap } from '@noema/saliency';
import type { StoredRow } from '../analysis/analysis.js';

/** A layer with learned units. */
export interface ModelLayer {
  readonly name: string;
  readonly kind: string;
  readonly units: number;
  /** Sizes of its positions; empty for a dense layer. */
  readonly positionDims: readonly number[];
  readonly isConvolution: boolean;
}

/** One sample as tensors, under the names of the model's inputs and of the targets of its loss. */
export interface SampleTensors {
  readonly inputs: ReadonlyMap<string, { readonly data: Float32Array; readonly dims: readonly number[] }>;
  /** Absent without ground truth. */
  readonly targets?: ReadonlyMap<string, { readonly data: Float32Array; readonly dims: readonly number[] }>;
  /** Row of a sample whose loss the integration of the data computes. */
  readonly scoredRow?: number;
  /** Of a model that gives a class for every position: how many positions it gives each. */
  readonly areas?: readonly number[];
}

/** Result for one row: feature maps by layer, and the gradient at the explained input. */
export interface RowGradients {
  readonly activations: ReadonlyMap<string, FeatureMap>;
  readonly gradients: ReadonlyMap<string, FeatureMap>;
  /** Flat, like the input; zeros when nothing depends on it. */
  readonly input: Float32Array;
}

export interface GradientQuery {
  /** Rows of the explained input, row-major. */
  readonly rows: Float32Array;
  /** Layers to look at. */
  readonly layers: readonly string[];
  readonly signal: AbortSignal;
}

export interface ClassQuery {
  readonly layer: string;
  readonly classes: readonly number[];
  readonly signal: AbortSignal;
}

export interface InputQuery extends ClassQuery {
  /** Activations of the layer, flat, one row for each of `classes`. */
  readonly activations: Float32Array;
}

/**
 * A model with its weights, ready to be asked. All rows of one question belong to one sample: only its
 * explained input varies.
 */
export interface OpenModel {
  /** In the order of the model. */
  readonly layers: readonly ModelLayer[];
  /** Outputs of blocks, which can be looked at and followed like layers. */
  readonly blocks: readonly ModelLayer[];
  /** Numbers that the model gives for a sample. */
  readonly width: number;
  /** The input that is explained: the first. */
  readonly input: {
    readonly name: string;
    readonly dims: readonly number[];
    /**
     * The layer that turns the input's whole numbers into vectors, when it is tokens; then only that layer's
     * activation has gradients.
     */
    readonly embedding?: string;
  };
  readTensors(sample: StoredRow): Promise<SampleTensors>;
  /** Outputs [rows, width] for rows of the explained input. */
  predict(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array>;
  /** Scores before the softmax [rows, width]. */
  score(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array>;
  /** Gradients of one class score for each row; `classes` has one number per row. */
  scoreGradients(
    sample: SampleTensors,
    question: GradientQuery & { readonly classes: readonly number[] },
  ): Promise<RowGradients[]>;
  /**
   * The layer's activation of the sample, and there the gradient of each class score: the model runs once up
   * to the layer, behind it once for each class.
   */
  classGradients(
    sample: SampleTensors,
    question: ClassQuery,
  ): Promise<{ readonly activation: FeatureMap; readonly gradients: readonly FeatureMap[] }>;
  /**
   * Class scores [rows, width] for given activations of a layer, row after row, and there the gradient of one
   * class score for each row.
   */
  gradientsAt(
    sample: SampleTensors,
    question: InputQuery,
  ): Promise<{ readonly scores: Float32Array; readonly gradients: readonly Float32Array[] }>;
  /** Gradients of the loss; only for a sample with ground truth. */
  lossGradients(sample: SampleTensors, question: GradientQuery): Promise<RowGradients[]>;
  /**
   * Responses [rows, units of all `layers`, in their order]: the mean of each unit over positions, for rows
   * of the explained input.
   */
  responses(sample: SampleTensors, question: GradientQuery): Promise<Float32Array>;
  /** Activations alone. */
  activations(
    sample: SampleTensors,
    layers: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, FeatureMap>>;
}

/**
 * Which weights are made random: the weights of the layer and of all layers behind it, drawn by the
 * initialisers of their layers.
 */
export interface Randomization {
  /** A layer with learned units; of the first one all weights, also those before it. */
  readonly downTo: string;
  readonly seed: number;
}
