import type { CompiledModel, ParameterSpec, Topology } from '@noema/layers';
import { type LayerNode, MODEL_KINDS, parseModel } from '@noema/layers';
import { groupName, nameCounter } from '../../keras/keras.groups.js';
import { notInKeras } from '../export.errors.js';
import { RECURRENT } from './keras.kinds.js';
import { kerasOrder } from './keras.order.js';

/** Where the file of a Keras 3 model has a weight. */
export interface WeightPath {
  readonly path: string;
  readonly parameter: ParameterSpec;
}

/** The groups of layers and the paths of weights in the file of a Keras 3 model. */
export interface WeightLayout {
  readonly groups: readonly string[];
  readonly weights: readonly WeightPath[];
}

const DENSE_PARTS = ['query_dense', 'key_dense', 'value_dense', 'output_dense'];

/** Throws `unsupported` EXPORT_LAYER_UNSUPPORTED with the name of a layer whose weights have no place in Keras 3. */
export function weightLayout(
  topology: Topology,
  parameters: CompiledModel['parameters'],
  { root = '', prefix = '' } = {},
): WeightLayout {
  const layers = new Map(topology.layers.map((layer) => [layer.name, layer]));
  const order = kerasOrder(topology).map((name) => layers.get(name)!);
  const count = nameCounter();
  // Names may hold slashes: the longest one that fits has the parameter.
  const owners = [...order].sort((a, b) => b.name.length - a.name.length);
  const findOwner = ({ layer }: ParameterSpec): LayerNode | undefined =>
    owners.find(({ name }) => layer === prefix + name || layer.startsWith(`${prefix}${name}/`));
  const parts = order.map((layer): WeightLayout => {
    // A model within a model is written as a functional one.
    const kind = MODEL_KINDS.includes(layer.kind) ? 'Functional' : layer.kind;
    const path = `${root}layers/${count(groupName(kind))}`;
    const own = parameters.filter((parameter) => findOwner(parameter) === layer);
    if (MODEL_KINDS.includes(layer.kind))
      return weightLayout(parseModel(layer.kind, layer.config), own, {
        root: `${path}/`,
        prefix: `${prefix}${layer.name}/`,
      });
    return { groups: [`${path}/vars`], weights: placed(layer, path, own) };
  });
  return { groups: parts.flatMap(({ groups }) => groups), weights: parts.flatMap(({ weights }) => weights) };
}

function placed(layer: LayerNode, path: string, parameters: readonly ParameterSpec[]): WeightPath[] {
  // Stored among the settings.
  if (layer.kind === 'Normalization') return [];
  const places = listParts(layer.kind, layer);
  const share = parameters.length / places.length;
  return parameters.map((parameter, at) => ({
    path: `${path}/${places[Math.floor(at / share)]!}vars/${at % share}`,
    parameter,
  }));
}

/** Folders of the parts of a layer that have its weights, in equal numbers and in order. */
function listParts(kind: string, { name, config }: Pick<LayerNode, 'name' | 'config'>): string[] {
  if (RECURRENT.has(kind)) return ['cell/'];
  if (kind === 'MultiHeadAttention') return DENSE_PARTS.map((part) => `${part}/`);
  if (kind !== 'TimeDistributed' && kind !== 'Bidirectional') return [''];
  const inner = (config['layer'] as { class_name?: unknown } | undefined)?.class_name;
  if (typeof inner !== 'string' || (kind === 'Bidirectional' && !RECURRENT.has(inner)))
    throw notInKeras(name, `wraps ${String(inner)}, which is not written`);
  const within = listParts(inner, { name, config: {} });
  const outer = kind === 'TimeDistributed' ? ['layer/'] : ['forward_layer/', 'backward_layer/'];
  return outer.flatMap((part) => within.map((one) => part + one));
}
