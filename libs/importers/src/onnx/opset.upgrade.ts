import { type Graph, GraphBuilder, type Node } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';

/**
 * Versions of the standard operators that are read; all are rewritten to the newest, which ours are written
 * for.
 */
const OPSETS = { oldest: 13, newest: 20 } as const;

/** Reductions whose axes were an attribute before version 18. */
const REDUCTIONS: ReadonlySet<string> = new Set([
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSumSquare',
]);
/** Names of GridSample's modes before version 20. */
const GRID_MODES: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

/**
 * The graph in operators of version 20, its `Constant` nodes as constants. Throws `invalid`
 * MODEL_FILE_INVALID for a version that is not read.
 */
export function upgraded(graph: Graph): Graph {
  const { opset } = graph;
  if (opset === undefined || opset < OPSETS.oldest || opset > OPSETS.newest) {
    throw fileInvalid(
      `it is written in operators of version ${opset ?? 'unknown'}; export it with opset_version ` +
        `${OPSETS.oldest} to ${OPSETS.newest}`,
    );
  }
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] });
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const node of graph.nodes) {
    const constant = node.opType === 'Constant' ? tensorOf(node) : undefined;
    if (constant !== undefined) builder.initializer(node.outputs[0]!, constant);
    else builder.add(opset < 18 ? modern(node, builder) : node);
  }
  return { ...builder.build(), outputs: graph.outputs };
}

function tensorOf({ attributes }: Node) {
  const { value } = attributes;
  return typeof value === 'object' && 'tensor' in value ? value.tensor : undefined;
}

function modern(node: Node, builder: GraphBuilder): Node {
  const { opType, inputs, outputs, attributes } = node;
  const { axes, mode, ...rest } = attributes;
  if (REDUCTIONS.has(opType) && Array.isArray(axes))
    return { ...node, inputs: [inputs[0]!, builder.constant(axes as number[])], attributes: { ...rest } };
  if (opType === 'Split' && (inputs[1] ?? '') === '')
    return { ...node, attributes: { ...attributes, num_outputs: outputs.length } };
  if (opType === 'GridSample' && typeof mode === 'string')
    return { ...node, attributes: { ...attributes, mode: GRID_MODES[mode] ?? mode } };
  return node;
}
