import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { elementCount, type Graph, float32 } from '@noema/onnx';

/** Values of a model's parameters by name, in TF.js layout. */
export type Weights = ReadonlyMap<string, Float32Array>;

/** First weights of a model; the same seed gives the same ones. */
export const initialWeights = (model: CompiledModel, seed: number): Weights =>
  new Map(model.parameters.map((parameter) => [parameter.name, parameter.initial(seed)]));

/**
 * The model with the parameters that no training changes as constants of its graph, and their values. A step then
 * holds no gradient, no optimizer state and no copy of them. Throws as `bakeWeights`.
 */
export function withConstants(
  model: CompiledModel,
  weights: Weights,
): { readonly model: CompiledModel; readonly constants: Weights } {
  const updated = new Set(model.updates.map(({ parameter }) => parameter));
  const changes = (parameter: CompiledModel['parameters'][number]): boolean =>
    parameter.trainable || updated.has(parameter.name);
  const fixed = model.parameters.filter((parameter) => !changes(parameter));
  if (fixed.length === 0) return { model, constants: new Map() };
  return {
    model: {
      ...model,
      graph: bakeWeights({ ...model, parameters: fixed }, weights),
      parameters: model.parameters.filter(changes),
    },
    constants: new Map(fixed.map(({ name }) => [name, weights.get(name)!])),
  };
}

/**
 * The model's graph with its weights as constants, so that the runtime may prepare them once (blocked
 * layouts, folding). Throws `invalid` WEIGHTS_INVALID when one is missing or has another size.
 */
export function bakeWeights({ graph, parameters }: CompiledModel, weights: Weights): Graph {
  const baked = new Map(graph.initializers);
  for (const parameter of parameters) {
    const values = weights.get(parameter.name);
    const size = elementCount(parameter.dims);
    if (values?.length !== size) {
      throw new DomainError(
        'invalid',
        'WEIGHTS_INVALID',
        `weight "${parameter.name}" needs ${size} numbers ([${parameter.dims.join(', ')}]); ` +
          `${values === undefined ? 'it is missing' : `${values.length} are given`}`,
        { metadata: { weight: parameter.name } },
      );
    }
    baked.set(parameter.name, float32(parameter.toGraph(values), parameter.graphDims));
  }
  return { ...graph, inputs: graph.inputs.filter(({ name }) => !baked.has(name)), initializers: baked };
}
