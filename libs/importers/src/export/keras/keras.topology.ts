import { type LayerNode, MODEL_KINDS, parseModel, type Source, type Topology } from '@noema/layers';
import { notInKeras } from '../export.errors.js';
import { kerasConfig, RECURRENT } from './keras.kinds.js';
import { kerasOrder } from './keras.order.js';

const FUNCTIONAL = {
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  registered_name: 'Functional',
};
/** Kinds that take their tensors one by one; all others take several as a list. */
const SEPARATE_INPUTS: ReadonlySet<string> = new Set(['MultiHeadAttention']);
/** Kinds that take a list even of one tensor. */
const LIST_INPUTS: ReadonlySet<string> = new Set([
  ...['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Dot', 'Concatenate'],
]);

/** A model as the `config.json` of a Keras 3 file has it: a functional model. Throws as `kerasConfig`. */
export function kerasModel(topology: Topology, prefix = ''): object {
  const layers = new Map(topology.layers.map((layer) => [layer.name, layer]));
  return {
    ...FUNCTIONAL,
    config: {
      name: topology.name,
      trainable: true,
      layers: kerasOrder(topology).map((name) => kerasLayer(layers.get(name)!, prefix)),
      input_layers: ends(topology.inputs),
      output_layers: ends(topology.outputs),
    },
  };
}

const toList = ({ layer, node, tensor }: Source): unknown[] => [layer, node, tensor];
const ends = (sources: readonly Source[]): unknown =>
  sources.length === 1 ? toList(sources[0]!) : sources.map(toList);

function kerasLayer(layer: LayerNode, prefix: string): object {
  const { kind, name, calls } = layer;
  const path = prefix + name;
  const inbound = calls.map((_, at) => kerasCall(layer, at, path));
  if (MODEL_KINDS.includes(kind))
    return {
      ...kerasModel({ ...parseModel(kind, layer.config), name }, `${path}/`),
      name,
      inbound_nodes: inbound,
    };
  const config =
    kind === 'InputLayer'
      ? { batch_shape: inputShape(layer), dtype: 'float32', name }
      : kerasConfig(kind, path, layer.config);
  return {
    module: 'keras.layers',
    class_name: kind,
    config: { ...config, name },
    registered_name: null,
    name,
    inbound_nodes: kind === 'InputLayer' ? [] : inbound,
  };
}

const inputShape = ({ config }: LayerNode): unknown =>
  config['batch_input_shape'] ?? config['batch_shape'] ?? config['batchInputShape'];

function kerasCall({ kind, calls, given, masks, named }: LayerNode, at: number, path: string): object {
  const sources = calls[at]!.map(toTensor);
  const { x2, ...settings } = given?.[at] ?? {};
  if (x2 !== undefined) throw notInKeras(path, `is an operation with the number ${JSON.stringify(x2)}`);
  const mask = masks?.[at];
  const kwargs = {
    ...settings,
    ...Object.fromEntries(Object.entries(named?.[at] ?? {}).map(([key, source]) => [key, toTensor(source)])),
    ...(mask === undefined ? {} : { mask: toTensor(mask) }),
  };
  if (RECURRENT.has(kind) || kind === 'Bidirectional') {
    const [series, ...states] = sources;
    return { args: [series], kwargs: states.length === 0 ? kwargs : { ...kwargs, initial_state: states } };
  }
  if (SEPARATE_INPUTS.has(kind)) return { args: sources, kwargs };
  return { args: sources.length > 1 || LIST_INPUTS.has(kind) ? [sources] : sources, kwargs };
}

/** Keras finds a tensor by its history; the shape is that of what it finds. */
const toTensor = (source: Source): object => ({
  class_name: '__keras_tensor__',
  config: { shape: [null], dtype: 'float32', keras_history: toList(source) },
});
