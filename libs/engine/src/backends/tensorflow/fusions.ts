import { readText } from '@noema/autodiff';
import { type Graph, type Node, prune, listReads, type TensorData } from '@noema/onnx';
import { type Fusion, native, type Sources } from './fusion.js';
import { kernelByConvolution, kernelByProducts } from './kernel.fusion.js';

const isZero = (tensor: TensorData | undefined): boolean =>
  tensor?.data.length === 1 && Number(tensor.data[0]) === 0;

/** g · [y > 0] is the gradient of y = Relu(x). */
const relu: Fusion = (node, { findNode, findConstant }) => {
  if (node.opType !== 'Mul') return undefined;
  for (const [g, mask] of [node.inputs, node.inputs.toReversed()] as [string, string][]) {
    const cast = findNode(mask);
    const truth = cast?.opType === 'Cast' ? findNode(cast.inputs[0]) : undefined;
    if (truth?.opType !== 'Greater' || !isZero(findConstant(truth.inputs[1]))) continue;
    const y = truth.inputs[0]!;
    if (findNode(y)?.opType === 'Relu') return native('ReluGradient', node, [g, y]);
  }
  return undefined;
};

/** Unpooling at the places of a pool's maxima, or adding at them, is the pool's gradient. */
const maxPool: Fusion = (node, { findNode }) => {
  if (node.opType === 'MaxUnpool') {
    const pool = findNode(node.inputs[1]);
    const like = findNode(node.inputs[2]);
    return pool?.opType === 'MaxPool' && like?.opType === 'Shape' && like.inputs[0] === pool.inputs[0]
      ? native('MaxPoolGradient', node, [pool.inputs[0]!, pool.outputs[0]!, node.inputs[0]!], pool.attributes)
      : undefined;
  }
  const scatter = node.opType === 'Reshape' ? findNode(node.inputs[0]) : undefined;
  if (scatter?.opType !== 'ScatterElements' || readText(scatter, 'reduction', 'none') !== 'add')
    return undefined;
  const whole = (tensor: string | undefined): string | undefined => {
    const flat = findNode(tensor);
    return flat?.opType === 'Reshape' ? flat.inputs[0] : undefined;
  };
  const [zeros, places, g] = scatter.inputs.map(whole);
  const [pool, like] = [findNode(places), findNode(node.inputs[1])];
  const isOfPool =
    pool?.opType === 'MaxPool' &&
    pool.outputs[1] === places &&
    like?.opType === 'Shape' &&
    like.inputs[0] === pool.inputs[0];
  return isOfPool && findNode(zeros)?.opType === 'ConstantOfShape' && g !== undefined
    ? native('MaxPoolGradient', node, [pool.inputs[0]!, pool.outputs[0]!, g], pool.attributes)
    : undefined;
};

/**
 * Returns the graph with TensorFlow's own gradient operators instead of their expansions. Unused outputs of
 * nodes have no name in it.
 */
export function fused(graph: Graph): Graph {
  const made = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const sources: Sources = {
    findNode: (tensor) => made.get(tensor ?? ''),
    findConstant: (tensor) => graph.initializers.get(tensor ?? ''),
  };
  const nodes = graph.nodes.map(
    (node) =>
      [relu, maxPool, kernelByProducts, kernelByConvolution].reduce<Node | undefined>(
        (found, fusion) => found ?? fusion(node, sources),
        undefined,
      ) ?? node,
  );
  const left = prune({ ...graph, nodes });
  const read = new Set([...left.nodes.flatMap(listReads), ...left.outputs.map(({ name }) => name)]);
  return {
    ...left,
    nodes: left.nodes.map((node) => ({
      ...node,
      outputs: node.outputs.map((output) => (read.has(output) ? output : '')),
    })),
  };
}
