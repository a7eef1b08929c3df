import type { Graph, Node, TensorData } from '@noema/onnx';

const WINDOWED: ReadonlySet<string> = new Set([
  'Conv',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
]);
/** Elementwise operators with one output. */
const BY_PLACE: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Clip',
  'Elu',
  'Gelu',
  'HardSigmoid',
  'Identity',
  'LeakyRelu',
  'PRelu',
  'Relu',
  'Selu',
  'Sigmoid',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Tanh',
]);

type Dims = readonly number[];

/**
 * Classification of a graph's tensors by name: the ranks of per-sample tensors, and the dims of constant
 * ones.
 */
export interface SamplesAndConstants {
  readonly ranks: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Dims>;
}

/**
 * Returns the tensors whose first axis is the axis of samples (`n` of the inputs), where each sample depends
 * only on the same sample of the inputs, by windows or elementwise; and the tensors that depend only on
 * constants. All other tensors, such as the outputs of dense layers, are in neither set.
 */
export function samplesAndConstants({ inputs, nodes, initializers }: Graph): SamplesAndConstants {
  const ranks = new Map<string, number>();
  const constants = new Map<string, Dims>([...initializers].map(([name, { dims }]) => [name, dims]));
  for (const {
    name,
    dataType,
    dims: [samples, ...sizes],
  } of inputs)
    if (samples === 'n' && dataType === 'float32' && sizes.every((size) => typeof size === 'number'))
      ranks.set(name, sizes.length + 1);
  for (const node of nodes) {
    const [made] = node.outputs;
    const reads = node.inputs.filter((name) => name !== '');
    if (node.domain !== undefined || node.outputs.length !== 1) continue;
    if (reads.every((name) => constants.has(name))) {
      const dims = dimsOfConstant(node, reads, { constants, initializers });
      if (dims !== undefined) constants.set(made!, dims);
    } else {
      const rank = rankOfSamples(node, reads, { ranks, constants, initializers });
      if (rank !== undefined) ranks.set(made!, rank);
    }
  }
  return { ranks, constants };
}

type Known = SamplesAndConstants & Pick<Graph, 'initializers'>;

const toNumbers = (tensor: TensorData | undefined): number[] | undefined =>
  tensor?.dataType === 'int64' ? Array.from(tensor.data as BigInt64Array, Number) : undefined;

/** Elementwise, with the first axis of the longest input. That axis is 1 only in inputs of lower rank. */
function dimsOfConstant(
  { opType }: Node,
  reads: readonly string[],
  { constants, initializers }: Omit<Known, 'ranks'>,
): Dims | undefined {
  if (opType === 'Reshape') return toNumbers(initializers.get(reads[1]!));
  if (!BY_PLACE.has(opType)) return undefined;
  const all = reads.map((name) => constants.get(name)!);
  const length = Math.max(...all.map((dims) => dims.length));
  const longest = all.filter((dims) => dims.length === length);
  return longest.find(([first]) => first !== 1) ?? longest[0];
}

function rankOfSamples(
  { opType, attributes }: Node,
  [first, ...others]: readonly string[],
  { ranks, constants, initializers }: Known,
): number | undefined {
  const rank = ranks.get(first ?? '') ?? (BY_PLACE.has(opType) ? ranks.get(others[0] ?? '') : undefined);
  if (rank === undefined) return undefined;
  const areConstant = others.every((name) => constants.has(name));
  const sameForAll = (dims: Dims | undefined): boolean =>
    dims !== undefined && (dims.length < rank || (dims.length === rank && dims[0] === 1));
  if (BY_PLACE.has(opType))
    return [first!, ...others].every((name) => ranks.get(name) === rank || sameForAll(constants.get(name)))
      ? rank
      : undefined;
  if (WINDOWED.has(opType) || (opType === 'BatchNormalization' && attributes['training_mode'] !== 1))
    return areConstant ? rank : undefined;
  // A shape, pads or axes, by operator.
  const [shape, , axes] = others.map((name) => toNumbers(initializers.get(name)));
  switch (opType) {
    case 'Concat':
      return others.every((name) => ranks.get(name) === rank) && (attributes['axis'] as number) > 0
        ? rank
        : undefined;
    case 'Flatten':
      return (attributes['axis'] ?? 1) === 1 ? 2 : undefined;
    case 'Pad':
      return areConstant && shape?.length === 2 * rank && shape[0] === 0 && shape[rank] === 0
        ? rank
        : undefined;
    case 'ReduceMean':
    case 'ReduceMax':
      return shape?.every((axis) => axis > 0) === true
        ? rank - (attributes['keepdims'] === 0 ? shape.length : 0)
        : undefined;
    case 'Slice':
      return areConstant && axes?.every((axis) => axis > 0) === true ? rank : undefined;
    case 'Transpose':
      return (attributes['perm'] as Dims | undefined)?.[0] === 0 ? rank : undefined;
    // The first size is that of the input (0), or inferred (−1).
    case 'Reshape':
      return shape !== undefined &&
        (shape[0] === 0 || shape[0] === -1) &&
        shape.slice(1).every((size) => size > 0) &&
        attributes['allowzero'] !== 1
        ? shape.length
        : undefined;
    default:
      return undefined;
  }
}
