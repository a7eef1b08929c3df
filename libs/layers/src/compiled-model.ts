import type { Vocabulary } from '@noema/kernel';
import type { Dim, Graph } from '@noema/onnx';

/** A tensor that the model is trained by, or that follows the training (moving statistics). */
export interface ParameterSpec {
  /** `<layer>/<weight>`, as in TF.js: `conv1/kernel`; also the name of the graph input that carries it. */
  readonly name: string;
  readonly layer: string;
  /** Dimensions in TF.js layout, e.g. [height, width, in, out] for a convolution. */
  readonly dims: readonly number[];
  /** Dimensions in the graph, e.g. [out, in, height, width]. */
  readonly graphDims: readonly number[];
  readonly trainable: boolean;
  /** First values in TF.js layout; the same seed and name give the same values. */
  initial(seed: number): Float32Array;
  /** From TF.js layout to the graph's; may return its argument. */
  toGraph(data: Float32Array): Float32Array;
  /** From the graph's layout to TF.js's; may return its argument. */
  fromGraph(data: Float32Array): Float32Array;
}

/** A layer with learned units, and the tensor of their activation. */
export interface LayerInfo {
  readonly name: string;
  readonly kind: string;
  readonly units: number;
  /**
   * Tensor after the layer's non-linearity, which may be a separate layer. For a softmax, which couples the
   * units, the tensor before it.
   */
  readonly activation: string;
  /** Dimensions of `activation` in the graph, batch `n` first. */
  readonly dims: readonly Dim[];
  readonly unitAxis: number;
  /** Axes to average over; empty when a unit has one number per sample. */
  readonly positionAxes: readonly number[];
  /** Sizes along `positionAxes`, e.g. [height, width]. */
  readonly spatial: readonly number[];
  readonly isConvolution: boolean;
  /** Names of the layer's parameters. */
  readonly parameters: readonly string[];
}

/** One call of one layer as its author wrote it, for tables of the model. */
export interface LayerSummary {
  readonly name: string;
  readonly kind: string;
  /** Shape of its output for one sample, channels last. */
  readonly outputDims: readonly number[];
  readonly parameterCount: number;
  /** Its Keras settings. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers whose outputs it reads. Absent where only the graph has them. */
  readonly inputs?: readonly string[];
}

export interface ModelInput {
  readonly name: string;
  /** As users give it: batch `n`, then channels last. */
  readonly dims: readonly Dim[];
  /** Steps in words that lead from the data to the input of the file, in order; absent without any. */
  readonly preprocessing?: readonly string[];
  /** Tokens that its numbers are ids of, as stated at the import. */
  readonly vocabulary?: Vocabulary;
}

export interface ModelOutput {
  /** Name of the layer that gives it. */
  readonly name: string;
  readonly tensor: string;
  readonly dims: readonly Dim[];
  /** The tensor before a final softmax or sigmoid, same dimensions: losses computed from it are stable. */
  readonly logits?: string;
  readonly nonLinearity?: 'softmax' | 'sigmoid';
  /** Names of its classes along the last axis, where the file of the model states them. */
  readonly classNames?: readonly string[];
}

/**
 * Random numbers for training: a graph input whose elements are 0 with probability `rate` and 1 / (1 − rate)
 * otherwise, or, depending on `distribution`, normal with mean 0 and variance 1.
 */
export interface MaskSpec {
  readonly name: string;
  readonly dims: readonly Dim[];
  readonly rate: number;
  readonly distribution?: 'normal';
}

/**
 * After a training step the parameter becomes the value of the tensor (moving mean and variance of batch
 * normalisation).
 */
export interface ParameterUpdate {
  readonly parameter: string;
  readonly tensor: string;
}

/** A setting that acts on the weights in training, and on nothing else: a regularizer or a constraint. */
export interface TrainingOnlySetting {
  readonly layer: string;
  readonly kind: string;
  /** Its Keras name, e.g. `kernel_regularizer`. */
  readonly setting: string;
  readonly value: unknown;
}

/** A model as one ONNX graph; its inputs are the data, then the parameters, then (in training) the masks. */
export interface CompiledModel {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  readonly parameters: readonly ParameterSpec[];
  /** The layers with learned units. */
  readonly layers: readonly LayerInfo[];
  /** Every layer, inputs included, in the order of the graph. */
  readonly summary: readonly LayerSummary[];
  readonly masks: readonly MaskSpec[];
  readonly updates: readonly ParameterUpdate[];
  /**
   * Settings that matter only for training and that no program implements. Predictions do not depend on them.
   */
  readonly trainingOnly: readonly TrainingOnlySetting[];
  /** Dimensions of every tensor of the graph, constants included; `n` is the batch. */
  readonly shapes: ReadonlyMap<string, readonly Dim[]>;
  /** Call of a layer that wrote each tensor, as in `summary`. Absent for an imported graph. */
  readonly owners?: ReadonlyMap<string, string>;
}
