import { topologyInvalid } from './layers.errors.js';
import { requireSize } from './topology.size.js';
import { type LayerNode, MODEL_KINDS, type Source, type Topology } from './topology.js';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Parses the layers format of TF.js and Keras: the result of `model.toJSON()` (as text or object), a
 * `model.json`, or Keras 2 and 3 JSON. Throws `invalid` MODEL_INVALID with the missing part,
 * MODEL_LAYERS_EXCEEDED for a model of more than 2,048 layers.
 */
export function parseTopology(source: unknown): Topology {
  let json = source;
  if (typeof json === 'string') {
    try {
      json = JSON.parse(json) as unknown;
    } catch (cause) {
      throw topologyInvalid(`is not JSON: ${(cause as Error).message}`);
    }
  }
  for (const wrapper of ['modelTopology', 'model_topology', 'model_config'])
    if (isObject(json) && isObject(json[wrapper])) json = json[wrapper];
  if (!isObject(json) || typeof json['class_name'] !== 'string')
    throw topologyInvalid('has no class_name; give what model.toJSON() returns');
  if (!MODEL_KINDS.includes(json['class_name']))
    throw topologyInvalid(`has class_name "${json['class_name']}"; known: ${MODEL_KINDS.join(', ')}`);
  requireSize(json['config']);
  return parseModel(json['class_name'], json['config']);
}

/** Reads the config of a Sequential or functional model. */
export function parseModel(kind: string, config: unknown): Topology {
  const layers = Array.isArray(config) ? config : isObject(config) ? config['layers'] : undefined;
  const name = isObject(config) && typeof config['name'] === 'string' ? config['name'] : 'model';
  if (!Array.isArray(layers) || layers.length === 0) throw topologyInvalid('has no layers');
  const nodes = layers.map(parseLayer);
  const names = new Set<string>();
  const twice = nodes.find(({ name: own }) => names.size === names.add(own).size);
  if (twice !== undefined)
    throw topologyInvalid(`has two layers named "${twice.name}"; give each its own name`);
  if (kind === 'Sequential') return chain(name, nodes);
  const { input_layers: inputs, output_layers: outputs } = config as Json;
  return countCallsFromZero({
    name,
    layers: nodes,
    inputs: parseEnds(inputs, 'input_layers'),
    outputs: parseEnds(outputs, 'output_layers'),
  });
}

/**
 * A model used as a layer has an implicit first call: TF.js and Keras 2 count the calls of such a layer from
 * 1, Keras 3 from 0.
 */
function countCallsFromZero(topology: Topology): Topology {
  const sources = [
    ...topology.outputs,
    ...topology.layers.flatMap(({ calls, masks = [], named = [] }) => [
      ...calls.flat(),
      ...named.flatMap((call) => Object.values(call)),
      ...masks.filter((mask) => mask !== undefined),
    ]),
  ];
  const first = new Map(
    topology.layers.map(({ name, kind }) => [
      name,
      MODEL_KINDS.includes(kind)
        ? Math.min(...sources.filter(({ layer }) => layer === name).map(({ node }) => node))
        : 0,
    ]),
  );
  const renumber = (source: Source): Source => ({
    ...source,
    node: source.node - (first.get(source.layer) ?? 0),
  });
  return {
    ...topology,
    outputs: topology.outputs.map(renumber),
    layers: topology.layers.map((layer) => ({
      ...layer,
      calls: layer.calls.map((call) => call.map(renumber)),
      ...(layer.masks && { masks: layer.masks.map((mask) => mask && renumber(mask)) }),
      ...(layer.named && {
        named: layer.named.map((call) =>
          Object.fromEntries(Object.entries(call).map(([name, source]) => [name, renumber(source)])),
        ),
      }),
    })),
  };
}

function parseLayer(layer: unknown, index: number): LayerNode {
  if (!isObject(layer) || typeof layer['class_name'] !== 'string')
    throw topologyInvalid(`has no class_name at layer ${index}`);
  const config = isObject(layer['config']) ? layer['config'] : {};
  const kind = layer['class_name'];
  const name =
    ([layer['name'], config['name']].find((n) => typeof n === 'string' && n !== '') as string | undefined) ??
    `${snakeCase(kind)}_${index}`;
  if (!/^\w[\w.\-/ ]{0,127}$/.test(name) || name.includes('..'))
    throw topologyInvalid(
      `has a layer named ${JSON.stringify(name)}; use letters, digits, "_", "-", "/" and single dots`,
    );
  // A nested Sequential may keep its layers as a bare list.
  const own = Array.isArray(layer['config']) ? { layers: layer['config'] as unknown } : config;
  const calls = Array.isArray(layer['inbound_nodes'])
    ? layer['inbound_nodes'].map((call) => parseCall(call, name))
    : [];
  const nodes: readonly unknown[] = Array.isArray(layer['inbound_nodes']) ? layer['inbound_nodes'] : [];
  const isOperation = typeof layer['module'] === 'string' && layer['module'].startsWith('keras.src.ops');
  const given = nodes.map((call) => ({ ...parseGiven(call), ...(isOperation ? secondNumber(call) : {}) }));
  const masks = nodes.map((call) => parseMask(call, name));
  const named = nodes.map((call) => parseNamedMasks(call, name));
  return {
    kind,
    name,
    config: own,
    calls,
    ...(given.some((call) => Object.keys(call).length > 0) ? { given } : {}),
    ...(masks.some((mask) => mask !== undefined) ? { masks } : {}),
    ...(named.some((call) => Object.keys(call).length > 0) ? { named } : {}),
    ...(nodes.some(isObject) || hasPolicy(config['dtype']) ? { isKeras3: true } : {}),
  };
}

/**
 * Whether a type is written as Keras 3 alone does: layers of a Sequential model show by nothing else who
 * wrote them.
 */
const hasPolicy = (dtype: unknown): boolean => isObject(dtype) && dtype['class_name'] === 'DTypePolicy';

/** Returns the layer inside a wrapper layer; `undefined` if there is none. */
export function parseWrapped(spec: unknown): LayerNode | undefined {
  return isObject(spec) && typeof spec['class_name'] === 'string' ? parseLayer(spec, 0) : undefined;
}

function chain(name: string, nodes: readonly LayerNode[]): Topology {
  const first = nodes[0]!;
  const shape =
    first.config['batch_input_shape'] ??
    first.config['batchInputShape'] ??
    withBatch(first.config['input_shape'] ?? first.config['inputShape']);
  const opened =
    first.kind === 'InputLayer'
      ? nodes
      : [
          {
            kind: 'InputLayer',
            name: `${first.name}_input`,
            config: { batch_input_shape: shape ?? nestedShape(first) },
            calls: [],
          },
          ...nodes,
        ];
  const layers = opened.map((node, i) => ({
    ...node,
    calls: i === 0 ? [] : [[{ layer: opened[i - 1]!.name, node: 0, tensor: 0 }]],
  }));
  const end = (node: LayerNode): Source => ({ layer: node.name, node: 0, tensor: 0 });
  return { name, layers, inputs: [end(layers[0]!)], outputs: [end(layers.at(-1)!)] };
}

const withBatch = (shape: unknown): unknown =>
  Array.isArray(shape) ? [null, ...(shape as unknown[])] : undefined;

function nestedShape(first: LayerNode): unknown {
  if (!MODEL_KINDS.includes(first.kind)) return undefined;
  const inner = parseModel(first.kind, first.config);
  const input = inner.layers.find(({ name }) => name === inner.inputs[0]?.layer)?.config;
  return input?.['batch_input_shape'] ?? input?.['batch_shape'];
}

function parseEnds(ends: unknown, field: string): Source[] {
  const list =
    Array.isArray(ends) && typeof ends[0] === 'string' ? [ends] : isObject(ends) ? Object.values(ends) : ends;
  if (!Array.isArray(list) || list.length === 0) throw topologyInvalid(`has no ${field}`);
  return list.map((end) => parseSource(end, field));
}

/** Where Keras passes a tensor by name that is one more input. */
const NAMED_INPUTS: readonly string[] = ['initial_state', 'value', 'key'];

/** Masks that attention of Keras 3 takes by name, next to the masks of its inputs. */
const NAMED_MASKS: readonly string[] = ['attention_mask', 'query_mask', 'value_mask', 'key_mask'];

function parseCall(call: unknown, layer: string): Source[] {
  if (Array.isArray(call))
    return (typeof call[0] === 'string' ? [call] : (call as unknown[])).flatMap((source) => [
      parseSource(source, layer),
      ...sourcesByName(source, layer),
    ]);
  // Keras 3 stores the arguments of the call, including the history of each tensor.
  if (!isObject(call)) return [];
  const kwargs = isObject(call['kwargs']) ? call['kwargs'] : {};
  return [call['args'], ...NAMED_INPUTS.map((name) => kwargs[name])].flatMap((value) =>
    tensorsIn(value, layer),
  );
}

/** Sources that Keras 2 keeps by name behind the first: `["dense", 0, 0, {"value": ["dense", 0, 0]}]`. */
function sourcesByName(source: unknown, layer: string): Source[] {
  const given: unknown = Array.isArray(source) ? source[3] : undefined;
  const isSource = (value: unknown): boolean => Array.isArray(value) && typeof value[0] === 'string';
  if (!isObject(given)) return [];
  return NAMED_INPUTS.map((name) => given[name])
    .flatMap((value) => (Array.isArray(value) && value.every(isSource) ? (value as unknown[]) : [value]))
    .filter(isSource)
    .map((value) => parseSource(value, layer));
}

function tensorsIn(value: unknown, layer: string): Source[] {
  if (Array.isArray(value)) return value.flatMap((part) => tensorsIn(part, layer));
  if (!isObject(value)) return [];
  if (Array.isArray(value['keras_history'])) return [parseSource(value['keras_history'], layer)];
  return Object.values(value).flatMap((part) => tensorsIn(part, layer));
}

/** Returns the mask among the stored arguments of a Keras 3 call. */
function parseMask(call: unknown, layer: string): Source | undefined {
  const mask = isObject(call) && isObject(call['kwargs']) ? call['kwargs']['mask'] : undefined;
  return isTensor(mask) ? tensorsIn(mask, layer)[0] : undefined;
}

/** Returns the tensors among the masks that a Keras 3 call is given by name. */
function parseNamedMasks(call: unknown, layer: string): Readonly<Record<string, Source>> {
  const kwargs = isObject(call) && isObject(call['kwargs']) ? call['kwargs'] : {};
  return Object.fromEntries(
    NAMED_MASKS.filter((name) => isTensor(kwargs[name])).map((name) => [
      name,
      tensorsIn(kwargs[name], layer)[0]!,
    ]),
  );
}

const isTensor = (value: unknown): boolean => isObject(value) && value['class_name'] === '__keras_tensor__';

/** Returns the numeric operand of a Keras 3 operation. */
function secondNumber(call: unknown): Json {
  const [, second] = isObject(call) && Array.isArray(call['args']) ? (call['args'] as unknown[]) : [];
  return typeof second === 'number' ? { x2: second } : {};
}

/**
 * Returns the arguments of a call that are set and are not inputs. In TF.js and Keras 2 they follow each
 * source.
 */
function parseGiven(call: unknown): Json {
  const kwargs = isObject(call)
    ? [call['kwargs']]
    : Array.isArray(call)
      ? call.map((source) => (Array.isArray(source) ? (source[3] as unknown) : undefined))
      : [];
  return Object.fromEntries(
    kwargs
      .flatMap((given) => (isObject(given) ? Object.entries(given) : []))
      .filter(
        ([name, value]) =>
          name !== 'training' &&
          !NAMED_INPUTS.includes(name) &&
          !((name === 'mask' || NAMED_MASKS.includes(name)) && isTensor(value)) &&
          value !== null &&
          value !== false,
      ),
  );
}

function parseSource(source: unknown, where: string): Source {
  const [layer, node, tensor] = Array.isArray(source) ? (source as unknown[]) : [];
  if (typeof layer !== 'string' || typeof node !== 'number' || typeof tensor !== 'number')
    throw topologyInvalid(`has a broken connection at "${where}": ${JSON.stringify(source)}`);
  return { layer, node, tensor };
}

/** `GlorotUniform` and `kernelSize` as Keras spells them: `glorot_uniform`, `kernel_size`. */
export const snakeCase = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
