import type { Weights } from '@noema/engine';
import {
  type CompiledModel,
  compileLayers,
  parseInitializer,
  type LayerNode,
  type ParameterSpec,
  parameterSpec,
  type Source,
  type Topology,
} from '@noema/layers';
import { listReads } from '@noema/onnx';
import { type ClassOrder, type NewHead, readAdaptations } from '../../adaptation/adaptation.js';
import { adaptedModel, headNames } from '../../adaptation/adapted.model.js';
import { findFeatures, type HeadFeatures } from '../../adaptation/head.features.js';
import { notLayers } from '../export.errors.js';

/** The layers of an adapted model, its parameters, and the values of parameters that no version stores. */
export interface AdaptedLayers {
  readonly topology: Topology;
  readonly parameters: readonly ParameterSpec[];
  readonly constants: Weights;
}

/** Layers that take the mean over positions, by the number of axes. */
const POOLING = ['', 'GlobalAveragePooling1D', 'GlobalAveragePooling2D', 'GlobalAveragePooling3D'] as const;

/**
 * Writes the adaptations of a stored model as layers: a head as a dense layer behind the output of the layer that it
 * reads, an order of classes as a dense layer with one 1 in each column. Layers that nothing reads any more are left to
 * the caller. Throws `unsupported` EXPORT_NOT_LAYERS for a head that reads no output of a layer.
 */
export function adaptedLayers(stored: unknown, parsed: Topology): AdaptedLayers {
  const adaptations = readAdaptations(stored);
  const base = compileLayers(stored, { mode: 'inference' });
  let topology = parsed;
  const orders: ParameterSpec[] = [];
  const constants = new Map<string, Float32Array>();
  for (const [at, one] of adaptations.entries()) {
    const before = adaptedModel(base, adaptations.slice(0, at));
    if (one.kind === 'head') {
      const name = headNames(adaptedModel(before, [one])).at(-1)!;
      topology = withHead(topology, before, { head: one, name });
    } else {
      const changed = withOrder(topology, before, one);
      topology = changed.topology;
      orders.push(changed.kernel);
      constants.set(changed.kernel.name, toColumns(one.order));
    }
  }
  const { parameters } = adaptedModel(compileLayers(stored, { mode: 'training' }), adaptations);
  return { topology, parameters: [...parameters, ...orders], constants };
}

function withHead(
  topology: Topology,
  before: CompiledModel,
  { head, name }: { readonly head: NewHead; readonly name: string },
): Topology {
  const output = before.outputs.find((one) => one.name === head.output)!;
  const features = findFeatures(before, output, head.after);
  const source = findSource(topology, before, features);
  const pooling = POOLING[features.positionAxes.length];
  if (pooling === undefined)
    throw notLayers(`has a head over ${features.positionAxes.length} axes; export it as ONNX`);
  const pooled =
    pooling === ''
      ? undefined
      : layer(pooling, freeName(topology, `${name}_pooling`), { keepdims: false }, source);
  const dense = layer(
    'Dense',
    name,
    { units: head.units, activation: head.activation, use_bias: true },
    pooled === undefined ? source : toSource(pooled.name),
  );
  return {
    ...topology,
    layers: [...topology.layers, ...(pooled === undefined ? [] : [pooled]), dense],
    outputs: [toSource(name)],
  };
}

function withOrder(
  topology: Topology,
  before: CompiledModel,
  { output, order }: ClassOrder,
): { readonly topology: Topology; readonly kernel: ParameterSpec } {
  const at = before.outputs.findIndex(({ name }) => name === output);
  const name = freeName(topology, `${output}_order`);
  const dense = layer(
    'Dense',
    name,
    { units: order.length, activation: 'linear', use_bias: false },
    topology.outputs[at]!,
  );
  return {
    topology: {
      ...topology,
      layers: [...topology.layers, dense],
      outputs: topology.outputs.map((one, i) => (i === at ? toSource(name) : one)),
    },
    kernel: parameterSpec(name, 'kernel', [order.length, order.length], {
      initializer: parseInitializer('zeros'),
    }),
  };
}

/** A kernel [classes, classes] that puts number `order[i]` at place i. */
function toColumns(order: readonly number[]): Float32Array {
  const kernel = new Float32Array(order.length ** 2);
  for (const [at, from] of order.entries()) kernel[from * order.length + at] = 1;
  return kernel;
}

/** The call of a layer whose output a head reads. Throws `unsupported` EXPORT_NOT_LAYERS where there is none. */
function findSource({ layers }: Topology, model: CompiledModel, { tensor }: HeadFeatures): Source {
  const owner = model.inputs.some(({ name }) => name === tensor) ? tensor : (model.owners?.get(tensor) ?? '');
  const own = layers.find(({ name }) => owner === name || owner.replace(/:\d+$/, '') === name);
  // A layer goes on to compute with a tensor that is not its output, such as scores before their softmax.
  const isOutput = !model.graph.nodes.some(
    (node) =>
      listReads(node).includes(tensor) && node.outputs.some((name) => model.owners?.get(name) === owner),
  );
  if (own === undefined || !isOutput || own.config['return_state'] === true)
    throw notLayers(
      `has a head that reads ${owner === '' ? 'numbers' : `a part of layer "${owner}"`}, not the output of a layer; ` +
        'export it as ONNX',
    );
  return {
    layer: own.name,
    node: own.name === owner ? 0 : Number(owner.slice(own.name.length + 1)),
    tensor: 0,
  };
}

const toSource = (name: string): Source => ({ layer: name, node: 0, tensor: 0 });

const layer = (kind: string, name: string, config: object, source: Source): LayerNode => ({
  kind,
  name,
  config: { ...config, name },
  calls: [[source]],
});

function freeName({ layers }: Topology, wanted: string): string {
  const taken = new Set(layers.map(({ name }) => name));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}_${n}`;
    if (!taken.has(name)) return name;
  }
}
