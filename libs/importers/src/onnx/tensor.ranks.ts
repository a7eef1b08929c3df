import type { Attribute, Graph, Node } from '@noema/onnx';

/** Operators whose output has the rank of their first input. */
const SAME: ReadonlySet<string> = new Set([
  ...[
    'Abs',
    'BatchNormalization',
    'Cast',
    'Celu',
    'Clip',
    'Concat',
    'Conv',
    'ConvTranspose',
    'Dropout',
    'Elu',
  ],
  ...['Erf', 'Exp', 'Gelu', 'GlobalAveragePool', 'GlobalMaxPool', 'HardSigmoid', 'HardSwish', 'Hardmax'],
  ...['Identity', 'InstanceNormalization', 'LRN', 'LeakyRelu', 'Log', 'LogSoftmax', 'MaxPool', 'AveragePool'],
  ...[
    'Neg',
    'PRelu',
    'Pad',
    'Reciprocal',
    'Relu',
    'Resize',
    'Selu',
    'Sigmoid',
    'Slice',
    'Softmax',
    'Softplus',
  ],
  ...['Softsign', 'Split', 'Sqrt', 'Tanh', 'ThresholdedRelu', 'Tile', 'Transpose', 'Upsample'],
  ...['DepthToSpace', 'SpaceToDepth', 'CumSum', 'Floor', 'Ceil', 'GroupNormalization', 'LayerNormalization'],
]);
/** Operators that broadcast their inputs. */
const BROADCAST: ReadonlySet<string> = new Set([
  ...[
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Pow',
    'Max',
    'Min',
    'Mean',
    'Sum',
    'Where',
    'And',
    'Or',
    'Equal',
    'Greater',
  ],
  ...['Less', 'Mod'],
]);

/** Ranks of the tensors of a graph, as far as they follow from operators; a `Map` without the others. */
export function tensorRanks(graph: Graph): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  for (const { name, dims } of graph.inputs) ranks.set(name, dims.length);
  for (const [name, { dims }] of graph.initializers) ranks.set(name, dims.length);
  for (const node of graph.nodes) {
    const rank = inferRank(node, graph, ranks);
    if (rank !== undefined) for (const output of node.outputs) ranks.set(output, rank);
  }
  // The file itself states the rank of its outputs.
  for (const { name, dims } of graph.outputs) if (dims !== undefined) ranks.set(name, dims.length);
  return ranks;
}

function inferRank(
  { opType, inputs, attributes }: Node,
  { initializers }: Graph,
  ranks: ReadonlyMap<string, number>,
): number | undefined {
  const known = inputs.map((name) => ranks.get(name));
  const [first] = known;
  if (SAME.has(opType)) return first;
  const highest = known.every((rank) => rank !== undefined) ? Math.max(...known) : undefined;
  if (BROADCAST.has(opType) || (opType === 'MatMul' && highest !== undefined && highest >= 2)) return highest;
  const length = (name: string | undefined, attribute: Attribute | undefined): number | undefined =>
    Array.isArray(attribute) ? attribute.length : initializers.get(name ?? '')?.dims[0];
  switch (opType) {
    case 'Gemm':
    case 'Flatten':
      return 2;
    case 'Constant': {
      const { value } = attributes;
      return typeof value === 'object' && 'tensor' in value ? value.tensor.dims.length : undefined;
    }
    case 'Reshape':
      return length(inputs[1], attributes['shape']);
    case 'Gather':
      return first === undefined || known[1] === undefined ? undefined : first - 1 + known[1];
    case 'Unsqueeze':
    case 'Squeeze': {
      const count = length(inputs[1], attributes['axes']);
      return first === undefined || count === undefined
        ? undefined
        : first + (opType === 'Unsqueeze' ? count : -count);
    }
    default:
      return opType.startsWith('Reduce') && attributes['keepdims'] !== 0 ? first : undefined;
  }
}
