import type { CompiledModel, ModelOutput } from '@noema/layers';
import { type Graph, type Node, listReads } from '@noema/onnx';
import { afterLayerUnknown, headNotFound } from './adaptation.errors.js';

/** The input of a new head: a tensor, and the axes over which it takes the mean. */
export interface HeadFeatures {
  readonly tensor: string;
  readonly unitAxis: number;
  readonly units: number;
  readonly positionAxes: readonly number[];
}

const HEADS: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);

/**
 * The input of the last dense or convolution operator on the way to an output, or the responses of a named
 * layer. Throws `unsupported` HEAD_NOT_FOUND, `invalid` LAYER_UNKNOWN.
 */
export function findFeatures(model: CompiledModel, output: ModelOutput, after?: string): HeadFeatures {
  if (after !== undefined) return ofLayer(model, after);
  const { inputs, graph } = model;
  const depends = dependents(
    graph,
    inputs.map(({ name }) => name),
  );
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let tensor = output.logits ?? output.tensor;
  for (;;) {
    const node = writers.get(tensor);
    if (node === undefined) throw headNotFound(output.name, 'no dense or convolution layer leads to it');
    const [data, ...others] = [...new Set(listReads(node))].filter((name) => depends.has(name));
    if (data === undefined || others.length > 0)
      throw headNotFound(
        output.name,
        `${node.opType} joins several branches before any dense or convolution layer`,
      );
    if (HEADS.has(node.opType)) return readFeatures(model, output, { node, data });
    tensor = data;
  }
}

function readFeatures(
  { shapes }: CompiledModel,
  output: ModelOutput,
  { node, data }: { readonly node: Node; readonly data: string },
): HeadFeatures {
  const dims = shapes.get(data);
  const unitAxis = node.opType === 'Conv' ? 1 : (dims?.length ?? 0) - 1;
  const units = dims?.[unitAxis];
  if (dims === undefined || unitAxis < 1 || typeof units !== 'number')
    throw headNotFound(output.name, `the size of what its last ${node.opType} reads is not known`);
  return { tensor: data, unitAxis, units, positionAxes: positions(dims.length, unitAxis) };
}

function ofLayer({ layers }: CompiledModel, name: string): HeadFeatures {
  const layer = layers.find((one) => one.name === name);
  if (layer === undefined)
    throw afterLayerUnknown(
      name,
      layers.map((one) => one.name),
    );
  const { activation: tensor, unitAxis, units, positionAxes } = layer;
  return { tensor, unitAxis, units, positionAxes };
}

const positions = (rank: number, unitAxis: number): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 0 && axis !== unitAxis);

/** The tensors that depend on some others, these included. */
function dependents({ nodes }: Graph, of: readonly string[]): ReadonlySet<string> {
  const found = new Set(of);
  for (const node of nodes)
    if (listReads(node).some((name) => found.has(name))) for (const name of node.outputs) found.add(name);
  return found;
}
