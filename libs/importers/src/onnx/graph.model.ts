import {
  parseInitializer,
  type LayerInfo,
  type LayerSummary,
  type ModelInput,
  type ModelOutput,
  parameterSpec,
  type CompiledModel,
  type ParameterSpec,
} from '@noema/layers';
import { decodeModel, type Dim, encodeModel } from '@noema/onnx';
import type { FirstValues } from './learned.nodes.js';

/** A stored parameter. It refers to its initialiser by name. */
export interface StoredParameter {
  readonly layer: string;
  readonly weight: string;
  readonly dims: readonly number[];
  readonly trainable: boolean;
  readonly first: FirstValues;
}

/** A compiled model without its functions. */
export interface StoredModel extends Pick<CompiledModel, 'name'> {
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  readonly parameters: readonly StoredParameter[];
  readonly layers: readonly LayerInfo[];
  readonly summary: readonly LayerSummary[];
  readonly shapes: Readonly<Record<string, readonly Dim[]>>;
}

/**
 * Topology of an imported graph: the graph without its weights, the recognised layers, and the layout of the
 * weights file.
 */
export interface GraphArtifact {
  readonly format: 'graph-model';
  readonly generatedBy: 'noema';
  /** An ONNX file in base64 whose inputs are the data, then the parameters. */
  readonly graph: string;
  readonly model: StoredModel;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: 'float32';
    }[];
  }[];
}

/** True for a result of `graphArtifact`. */
export const isGraphArtifact = (topology: unknown): topology is GraphArtifact =>
  typeof topology === 'object' &&
  topology !== null &&
  'format' in topology &&
  topology.format === 'graph-model';

/** Returns the stored topology of a graph model. */
export function graphArtifact(graph: CompiledModel['graph'], model: StoredModel): GraphArtifact {
  const weights = model.parameters.map((parameter) => ({
    name: toSpec(parameter).name,
    shape: parameter.dims,
    dtype: 'float32' as const,
  }));
  return {
    format: 'graph-model',
    generatedBy: 'noema',
    graph: Buffer.from(encodeModel(graph)).toString('base64'),
    model,
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
}

/**
 * Returns the model of an imported graph. It is the same for inference and training: normalisation statistics
 * do not change, and no dropout is applied.
 */
export function compileGraph({ graph, model }: GraphArtifact): CompiledModel {
  const { opset: _, ...decoded } = decodeModel(Buffer.from(graph, 'base64'));
  return {
    ...model,
    graph: decoded,
    parameters: model.parameters.map(toSpec),
    masks: [],
    updates: [],
    trainingOnly: [],
    shapes: new Map(Object.entries(model.shapes)),
  };
}

function toSpec({ layer, weight, dims, trainable, first }: StoredParameter): ParameterSpec {
  const draw = parseInitializer(first);
  // ONNX layouts have units first and positions last. The fans are computed in the order of Keras.
  return parameterSpec(layer, weight, dims, {
    trainable,
    initializer: (own, random) => draw([...own.slice(2), ...own.slice(0, 2).reverse()], random),
  });
}
