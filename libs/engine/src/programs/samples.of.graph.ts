import type { Graph, Node, TensorData } from '@noema/onnx';

const WINDOWED: ReadonlySet<string> = new Set([
  'Conv',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
]);
/** Operators of one result that is made number by number, of the same place in everything that they read. */
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
 * What is known of a graph's tensors by name: the ranks of those of samples, the dims of those that are made
 * of constants alone.
 */
export interface SamplesAndConstants {
  readonly ranks: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Dims>;
}

/**
 * The tensors whose first axis is that of the samples (`n` of the inputs), where each sample is made of the
 * same one of what is read, by windows and by place; and those that are made of constants alone. What neither
 * can be said of, dense layers among it, is in neither.
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

const numbersOf = (tensor: TensorData | undefined): number[] | undefined =>
  tensor?.dataType === 'int64' ? Array.from(tensor.data as BigInt64Array, Number) : undefined;

/**
 * By place as long as the longest of what is read, whose first axis is 1 only where all of that length begin
 * so.
 */
function dimsOfConstant(
  { opType }: Node,
  reads: readonly string[],
  { constants, initializers }: Omit<Known, 'ranks'>,
): Dims | undefined {
  if (opType === 'Reshape') return numbersOf(initializers.get(reads[1]!));
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
  const [shape, , axes] = others.map((name) => numbersOf(initializers.get(name)));
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
    // The first size is that of what is reshaped (0), or what remains (−1).
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
