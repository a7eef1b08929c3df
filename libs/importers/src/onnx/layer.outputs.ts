import { createHash } from 'node:crypto';
import type { LayerInfo } from '@noema/layers';
import type { Dim, Graph, Node, TensorData } from '@noema/onnx';
import { optionInvalid } from '../import.errors.js';
import type { LayerOutput } from '../importer.js';
import { type GraphLinks, withReads } from './graph.links.js';

/** A named layer, and the tensor of the graph that has its activation. */
export interface NamedLayer extends LayerOutput {
  readonly tensor: string;
}

/**
 * Finds the tensors of named layers, and removes nodes that compute what an earlier node computes:
 * exporters write an activation that is also an output a second time, and outputs as copies. `kept` are the
 * names that must stay. Throws `invalid` MODEL_IMPORT_INVALID for an output that the file does not have.
 */
export function withNamedLayers(
  graph: Graph,
  layers: readonly LayerOutput[],
  kept: readonly string[],
): { readonly graph: Graph; readonly layers: readonly NamedLayer[] } {
  const known = new Set(graph.outputs.map(({ name }) => name));
  const unknown = layers.find(({ output }) => !known.has(output));
  if (unknown !== undefined)
    throw optionInvalid('layers', `the model has no output "${unknown.output}" for layer "${unknown.name}"`);
  const same = new Map<string, string>();
  const first = new Map<string, Node>();
  const constants = constantNames(graph);
  const nodes = graph.nodes.flatMap((node) => {
    const read = withReads(node, same);
    const isKept = node.outputs.some((name) => kept.includes(name));
    const earlier = findSame(read, first, constants);
    if (earlier === undefined) return [read];
    for (const [i, name] of node.outputs.entries()) same.set(name, earlier[i]!);
    return isKept ? [read] : [];
  });
  return {
    graph: { ...graph, nodes },
    layers: layers.map((layer) => ({ ...layer, tensor: same.get(layer.output) ?? layer.output })),
  };
}

/** The tensors that have what the node computes; undefined where it is the first to compute it. */
function findSame(
  node: Node,
  first: Map<string, Node>,
  constants: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  const { opType, domain, inputs, outputs, attributes } = node;
  if (opType === 'Identity' && domain === undefined) return inputs;
  if (Object.values(attributes).some((value) => typeof value === 'object' && 'graph' in value))
    return undefined;
  const key = JSON.stringify(
    [domain, opType, inputs.map((name) => constants.get(name) ?? name), outputs.length, attributes],
    (_, value: unknown) => (ArrayBuffer.isView(value) ? hashData(value) : value),
  );
  const earlier = first.get(key);
  if (earlier === undefined) first.set(key, node);
  return earlier?.outputs;
}

/** One name for all constants of the same content. */
function constantNames({ initializers }: Graph): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  return new Map(
    [...initializers].map(([name, { dataType, dims, data }]: [string, TensorData]) => {
      const content = `${dataType} ${dims.join()} ${hashData(data)}`;
      if (!names.has(content)) names.set(content, name);
      return [name, names.get(content)!];
    }),
  );
}

const hashData = (data: unknown): string =>
  ArrayBuffer.isView(data)
    ? createHash('sha256')
        .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        .digest('base64')
    : String(data);

/**
 * Nodes with units that a tensor comes of, not looking behind them. Several for a sum of branches; none where
 * the tensor is the input.
 */
export function layersBehind(tensor: string, links: GraphLinks, isLayer: (node: Node) => boolean): Node[] {
  const looked = new Set([tensor]);
  const found = new Set<Node>();
  for (const name of looked) {
    const maker = links.findMaker(name);
    if (maker === undefined) continue;
    if (isLayer(maker)) found.add(maker);
    else for (const input of maker.inputs) if (links.isVarying(input)) looked.add(input);
  }
  return [...found];
}

/**
 * The description of a named layer, whose activation has the samples along its first axis. `parameters`
 * belong to the operator that computes it. Throws `invalid` MODEL_IMPORT_INVALID for another shape.
 */
export function describeNamed(
  { name, kind, tensor, unitAxis }: NamedLayer,
  dims: readonly Dim[] | undefined,
  { parameters, isConvolution }: Pick<LayerInfo, 'parameters' | 'isConvolution'>,
): LayerInfo {
  if (dims === undefined)
    throw optionInvalid('layers', `the output does not depend on the activation of layer "${name}"`);
  const shape = `[${dims.join(', ')}]`;
  if (dims[0] !== 'n' || !dims.slice(1).every((dim): dim is number => typeof dim === 'number'))
    throw optionInvalid(
      'layers',
      `the activation of layer "${name}" is ${shape}; its first axis must count the samples, and the others ` +
        'must be fixed',
    );
  if (!(unitAxis >= 1 && unitAxis < dims.length))
    throw optionInvalid('layers', `layer "${name}" has its units on axis ${unitAxis} of ${shape}`);
  const positionAxes = dims.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== unitAxis);
  return {
    name,
    kind,
    units: Number(dims[unitAxis]),
    activation: tensor,
    dims,
    unitAxis,
    positionAxes,
    spatial: positionAxes.map((axis) => Number(dims[axis])),
    isConvolution: isConvolution && positionAxes.length > 0,
    parameters,
  };
}
