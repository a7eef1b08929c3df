import { createHash } from 'node:crypto';
import { compileModel, isGraphArtifact, readPreprocessing } from '@noema/importers';
import {
  blockOutputs,
  type CompiledModel,
  compileLayers,
  layersArtifact,
  proposedLayers,
} from '@noema/layers';
import type { CompiledTopology, ModelInfo, TensorSpec } from '../model/model.js';
import type { OutputInfo } from '../run/objective.js';
import type { RunSettings } from '../run/run.js';
import { outputsOf, planOf } from './run.plan.js';

const sizes = (dims: CompiledModel['inputs'][number]['dims']): number[] => dims.slice(1).map(Number);
const specs = (
  tensors: readonly (Pick<CompiledModel['outputs'][number], 'name' | 'dims' | 'classNames'> &
    Pick<CompiledModel['inputs'][number], 'preprocessing'>)[],
): TensorSpec[] =>
  tensors.map(({ name, dims, classNames, preprocessing }) => ({
    name,
    dims: sizes(dims),
    ...(classNames === undefined ? {} : { classNames }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
  }));

/** What layers in the format of TF.js and Keras are. */
export function inspectLayers(topology: unknown): ModelInfo {
  const model = compileLayers(topology, { mode: 'training' });
  return factsOf(model, { artifact: layersArtifact(topology, model.parameters), operators: '' });
}

/** What layers come to that a caller gives as JSON. */
export function compileTopology(topology: unknown): CompiledTopology {
  const { inputs, outputs, parameterCount, layers, artifact } = inspectLayers(topology);
  return {
    inputs,
    outputs,
    parameterCount,
    layers: layers.map(({ name, outputDims }) => ({ name, outputDims })),
    digest: createHash('sha256')
      .update(JSON.stringify(sorted(topology)))
      .digest('hex'),
    artifact: new TextEncoder().encode(JSON.stringify(artifact)),
  };
}

/** The value with the keys of its objects in order, so that the same topology has the same digest. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** What a stored model is: layers, or an imported graph. */
export const inspectArtifact = (artifact: unknown): ModelInfo =>
  factsOf(compileModel(artifact, { mode: 'training' }), {
    artifact,
    operators: (isGraphArtifact(artifact) ? artifact.graph : '') + describePreprocessing(artifact),
  });

/** Empty without any, so that the digests of models without preprocessing stay. */
function describePreprocessing(artifact: unknown): string {
  const stated = readPreprocessing(artifact);
  return stated.length === 0 ? '' : JSON.stringify(stated);
}

/** What the outputs of a stored model are. */
export const inspectOutputs = (artifact: unknown): OutputInfo[] =>
  outputsOf(compileModel(artifact, { mode: 'inference' }), artifact);

/** The ground truth that a stored model needs for a run. */
export const planRun = (artifact: unknown, settings: RunSettings): TensorSpec[] =>
  planOf(compileModel(artifact, { mode: 'inference' }), settings);

function factsOf(model: CompiledModel, stored: Pick<ModelInfo, 'artifact' | 'operators'>): ModelInfo {
  const { inputs, outputs, parameters, layers, summary } = model;
  const blocks = blockOutputs(model);
  const learned = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    inputs: specs(inputs),
    outputs: specs(outputs),
    parameterCount: parameters.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
    layers: summary.map((layer) => ({
      ...layer,
      unitCount: learned.get(layer.name)?.units ?? 0,
      isConvolution: learned.get(layer.name)?.isConvolution ?? false,
    })),
    blocks: blocks.map(({ name, kind, units, spatial, isConvolution }) => ({
      name,
      kind,
      outputDims: [...spatial, units],
      parameterCount: 0,
      unitCount: units,
      isConvolution,
      config: {},
    })),
    proposed: proposedLayers(model, blocks),
    parameters: parameters.map(({ name, dims }) => ({ name, dims })),
    ...stored,
  };
}
