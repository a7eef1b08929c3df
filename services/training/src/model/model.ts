import type { ArtifactRef, Vocabulary } from '@noema/kernel';

/** Name and shape of one input or output of a sample, without the batch. */
export interface TensorSpec {
  readonly name: string;
  readonly dims: readonly number[];
  /** Of an output: names of its classes along the last axis, where the file of the model states them. */
  readonly classNames?: readonly string[];
  /** Of an input of a model: the steps in words that are applied to the data; absent without any. */
  readonly preprocessing?: readonly string[];
  /** Of an input of ids: their tokens, where the data or the import state them. */
  readonly vocabulary?: Vocabulary;
}

/** Format that a model was given in. */
export type ModelFormat =
  | 'layers-json'
  | 'onnx'
  | 'tfjs-layers'
  | 'tfjs-graph'
  | 'keras'
  | 'keras-h5'
  | 'recorded';

/** An architecture; its weights are in versions. */
export interface Model {
  readonly id: string;
  readonly projectId: string;
  /** Unique in the project. */
  readonly displayName: string;
  readonly format: ModelFormat;
  /** SHA-256 of the topology's canonical JSON; of an imported model of its architecture. */
  readonly digest: string;
  readonly parameterCount: number;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly latestVersionId: string;
  readonly createTime: Date;
  /** Layers whose responses its runs follow unless they name others; empty for all learned ones. */
  readonly layers: readonly string[];
}

export type ModelVersionOrigin = 'initialized' | 'trained' | 'imported' | 'recorded' | 'adapted';

/** An architecture with weights, immutable. */
export interface ModelVersion {
  readonly id: string;
  readonly modelId: string;
  readonly projectId: string;
  /** From 1 in its model. */
  readonly number: number;
  readonly origin: ModelVersionOrigin;
  /** Run and epoch that trained it; empty and 0 for others. */
  readonly runId: string;
  readonly epoch: number;
  /** Seed of the weights while there are none. */
  readonly seed: number;
  /** The model.json of TF.js, or of an imported graph what was found in it. */
  readonly topology: ArtifactRef;
  /** float32 in the order of the manifest; absent until a run has trained. */
  readonly weights: ArtifactRef | undefined;
  /** The imported file; absent for other models. */
  readonly imported: ArtifactRef | undefined;
  readonly createTime: Date;
}

/** One layer, for tables of the model. */
export interface LayerInfo {
  readonly name: string;
  readonly kind: string;
  readonly outputDims: readonly number[];
  readonly parameterCount: number;
  /** Learned units whose responses are followed. */
  readonly unitCount: number;
  readonly isConvolution: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers whose outputs it reads. */
  readonly inputs: readonly string[];
}

/** Result of compiling a topology. */
export interface ModelInfo {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly parameterCount: number;
  readonly layers: readonly LayerInfo[];
  /** Outputs of blocks, which may be followed like layers. */
  readonly blocks: readonly LayerInfo[];
  /**
   * Names of the layers that are proposed to be followed in place of all; empty for a model without
   * shortcuts.
   */
  readonly proposed: readonly string[];
  /** Names of the layers that replaced a head. */
  readonly heads: readonly string[];
  /** Weights in the order of the manifest. */
  readonly parameters: readonly TensorSpec[];
  /**
   * The graph of an imported file and its preprocessing; empty for layers, which say themselves what they
   * compute.
   */
  readonly operators: string;
  /** The model.json for it. */
  readonly artifact: unknown;
}

/** Layers that a caller gives, after they were checked. */
export interface CompiledTopology extends Pick<ModelInfo, 'inputs' | 'outputs' | 'parameterCount'> {
  readonly layers: readonly Pick<LayerInfo, 'name' | 'outputDims'>[];
  /** SHA-256 of the canonical JSON. */
  readonly digest: string;
  /** The model.json. */
  readonly artifact: Uint8Array;
}
