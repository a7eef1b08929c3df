import { createHash } from 'node:crypto';
import {
  adaptArtifact,
  type Adaptation,
  compileModel,
  headNames,
  isGraphArtifact,
  readAdaptations,
  readPreprocessing,
} from '@noema/importers';
import {
  blockOutputs,
  type CompiledModel,
  compileLayers,
  encodeWeights,
  layerInputs,
  layersArtifact,
  proposedLayers,
} from '@noema/layers';
import { elementCount } from '@noema/onnx';
import { architectureDigest } from '../model/architecture.js';
import type { AdaptedModel } from '../model-adaptation/model-adaptation.js';
import type { CompiledTopology, ModelInfo, TensorSpec } from '../model/model.js';
import type { OutputInfo } from '../run/objective.js';
import type { RunSettings } from '../run/run.js';
import { listOutputs, planInputs } from './run.plan.js';

const sizes = (dims: CompiledModel['inputs'][number]['dims']): number[] => dims.slice(1).map(Number);
const specs = (
  tensors: readonly (Pick<CompiledModel['outputs'][number], 'name' | 'dims' | 'classNames'> &
    Pick<CompiledModel['inputs'][number], 'preprocessing' | 'vocabulary'>)[],
): TensorSpec[] =>
  tensors.map(({ name, dims, classNames, preprocessing, vocabulary }) => ({
    name,
    dims: sizes(dims),
    ...(classNames === undefined ? {} : { classNames }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
    ...(vocabulary === undefined ? {} : { vocabulary }),
  }));

/** Compiles layers in the format of TF.js and Keras. */
export function inspectLayers(topology: unknown): ModelInfo {
  const model = compileLayers(topology, { mode: 'training' });
  return toInfo(model, { artifact: layersArtifact(topology, model.parameters), operators: '' });
}

/** Compiles the layers that a caller gives as JSON. */
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

/** Compiles a stored model: layers, or an imported graph. */
export const inspectArtifact = (artifact: unknown): ModelInfo =>
  toInfo(compileModel(artifact, { mode: 'training' }), {
    artifact,
    operators:
      (isGraphArtifact(artifact) ? artifact.graph : '') +
      describePreprocessing(artifact) +
      describeAdaptations(artifact),
  });

/** Empty without any, so that the digests of models without preprocessing stay. */
function describePreprocessing(artifact: unknown): string {
  const stated = readPreprocessing(artifact);
  return stated.length === 0 ? '' : JSON.stringify(stated);
}

/** Empty without any, so that the digests of other models stay. */
function describeAdaptations(artifact: unknown): string {
  const stated = readAdaptations(artifact);
  return stated.length === 0 ? '' : JSON.stringify(stated);
}

/** A stored model after an adaptation, with the first values of the weights that it adds. */
export function adaptModel(
  artifact: unknown,
  { adaptation, seed }: { readonly adaptation: Adaptation; readonly seed: number },
): AdaptedModel {
  const before = compileModel(artifact, { mode: 'training' });
  const { artifact: changed, model, added } = adaptArtifact(artifact, adaptation);
  const names = new Set(model.parameters.map(({ name }) => name));
  let at = 0;
  const kept = before.parameters.flatMap(({ name, dims }) => {
    const from = at;
    at += 4 * elementCount(dims);
    return names.has(name) ? [[from, at] as const] : [];
  });
  const { artifact: stored, ...info } = inspectArtifact(changed);
  return {
    info,
    digest: architectureDigest({ ...info, artifact: stored }),
    artifact: new TextEncoder().encode(JSON.stringify(stored)),
    kept,
    added: encodeWeights(added, new Map(added.map((spec) => [spec.name, spec.initial(seed)]))),
  };
}

/** Describes the outputs of a stored model. */
export const inspectOutputs = (artifact: unknown): OutputInfo[] =>
  listOutputs(compileModel(artifact, { mode: 'inference' }), artifact);

/** The ground truth that a stored model needs for a run. */
export const planRun = (artifact: unknown, settings: RunSettings): TensorSpec[] =>
  planInputs(compileModel(artifact, { mode: 'inference', frozen: settings.frozenLayers ?? [] }), settings);

function toInfo(model: CompiledModel, stored: Pick<ModelInfo, 'artifact' | 'operators'>): ModelInfo {
  const { inputs, outputs, parameters, layers, summary } = model;
  const blocks = blockOutputs(model);
  const byLayer = layerInputs(model, blocks);
  const learned = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    inputs: specs(inputs),
    outputs: specs(outputs),
    parameterCount: parameters.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
    layers: summary.map((layer) => ({
      ...layer,
      unitCount: learned.get(layer.name)?.units ?? 0,
      isConvolution: learned.get(layer.name)?.isConvolution ?? false,
      inputs: byLayer.get(layer.name) ?? [],
    })),
    blocks: blocks.map(({ name, kind, units, spatial, isConvolution }) => ({
      name,
      kind,
      outputDims: [...spatial, units],
      parameterCount: 0,
      unitCount: units,
      isConvolution,
      config: {},
      inputs: byLayer.get(name) ?? [],
    })),
    proposed: proposedLayers(model, blocks),
    heads: headNames(model),
    parameters: parameters.map(({ name, dims }) => ({ name, dims })),
    ...stored,
  };
}
