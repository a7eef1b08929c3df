import type { Dim, Node } from '@noema/onnx';
import { readInt, readInts, readText } from './node.attributes.js';

/** Operators whose output has the dimensions of their first input. */
const SAME: ReadonlySet<string> = new Set([
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'BatchNormalization',
  'Cast',
  'Celu',
  'Cos',
  'Cosh',
  'CumSum',
  'Dropout',
  'GroupNormalization',
  'HardSwish',
  'InstanceNormalization',
  'LRN',
  'LpNormalization',
  'Mish',
  'Sin',
  'Sinh',
  'Tan',
  'ThresholdedRelu',
  'Trilu',
  'ScatterElements',
  'ScatterND',
  'Floor',
  'Ceil',
  'Round',
  'Clip',
  'Elu',
  'Erf',
  'Exp',
  'Gelu',
  'HardSigmoid',
  'Identity',
  'LayerNormalization',
  'LeakyRelu',
  'Log',
  'LogSoftmax',
  'Neg',
  'Not',
  'Reciprocal',
  'Relu',
  'Selu',
  'Sigmoid',
  'Sign',
  'Softmax',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Tanh',
]);
const BROADCAST: ReadonlySet<string> = new Set([
  'Add',
  'And',
  'Div',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Max',
  'Mean',
  'Min',
  'Mul',
  'Or',
  'Pow',
  'PRelu',
  'Sub',
  'Sum',
  'Where',
]);

type FindDims = (input: number) => readonly Dim[] | undefined;
type FindIntegers = (input: number) => readonly number[] | undefined;

/**
 * Returns the dimensions of a node's first output, as far as they follow from its inputs and from constant
 * lists of integers.
 */
export function dimsAfter(
  node: Node,
  findDims: FindDims,
  findIntegers: FindIntegers,
): readonly Dim[] | undefined {
  const x = findDims(0);
  if (SAME.has(node.opType)) return x;
  if (BROADCAST.has(node.opType)) return node.inputs.map((_, i) => findDims(i)).reduce(broadcast);
  switch (node.opType) {
    case 'Shape':
      return x && [x.slice(readInt(node, 'start', 0), readInt(node, 'end', x.length)).length];
    case 'MatMul':
      return matMul(x, findDims(1));
    case 'Gemm':
      return gemm(node, x, findDims(1));
    case 'Flatten':
      return ['?', '?'];
    case 'Transpose':
      return x && (readInts(node, 'perm') ?? x.map((_, i) => x.length - 1 - i)).map((i) => x[i] ?? '?');
    case 'Conv':
    case 'ConvTranspose':
    case 'MaxPool':
    case 'AveragePool':
      return x && [x[0] ?? '?', ...x.slice(1).map(() => '?')];
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return x && [...x.slice(0, 2), ...x.slice(2).map(() => 1)];
    case 'Split':
      return x?.map((dim, i) => (i === (readInt(node, 'axis', 0) + x.length) % x.length ? '?' : dim));
    case 'Concat':
      return (
        x &&
        joined(
          node.inputs.map((_, i) => findDims(i)),
          readInt(node, 'axis', 0),
        )
      );
    case 'Slice':
    case 'Pad':
    case 'Resize':
      return x?.map(() => '?');
    case 'Reshape':
      return reshaped(findIntegers(1), findDims(1));
    case 'Expand':
      return x && findDims(1) && broadcast(x, findIntegers(1) ?? unknown(rankIn(findDims(1))));
    case 'ConstantOfShape':
      return findIntegers(0) ?? unknown(rankIn(x));
    case 'Tile':
    case 'DepthToSpace':
    case 'SpaceToDepth':
    case 'TopK':
    case 'GatherElements':
      return unknown((node.opType === 'GatherElements' ? findDims(1) : x)?.length);
    case 'Unsqueeze':
      return x && unsqueezed(x, readInts(node, 'axes') ?? findIntegers(1));
    case 'Squeeze':
      return x && squeezed(x, readInts(node, 'axes') ?? findIntegers(1));
    case 'Gather':
      return gathered(x, findDims(1), readInt(node, 'axis', 0));
    case 'Einsum':
      return unknown(/->([a-zA-Z ]*)$/.exec(readText(node, 'equation', ''))?.[1]?.replaceAll(' ', '').length);
    default:
      return node.opType.startsWith('Reduce') && x !== undefined
        ? reduced(
            node,
            x,
            readInts(node, 'axes') ??
              (node.inputs[1] === undefined || node.inputs[1] === '' ? [] : findIntegers(1)),
          )
        : undefined;
  }
}

function joined(parts: readonly (readonly Dim[] | undefined)[], axis: number): readonly Dim[] | undefined {
  const first = parts.find((part) => part !== undefined)!;
  const at = (axis + first.length) % first.length;
  const sizes = parts.map((part) => part?.[at]);
  const total = sizes.every((size) => typeof size === 'number') ? sizes.reduce((a, b) => a + b, 0) : '?';
  return first.map((dim, i) => (i === at ? total : dim));
}

const unknown = (rank: number | undefined): readonly Dim[] | undefined =>
  rank === undefined ? undefined : Array<Dim>(rank).fill('?');

/** The rank that a tensor of dimensions means: its only dimension. */
const rankIn = (shape: readonly Dim[] | undefined): number | undefined =>
  shape?.length === 1 && typeof shape[0] === 'number' ? shape[0] : undefined;

const reshaped = (
  wanted: readonly number[] | undefined,
  shape: readonly Dim[] | undefined,
): readonly Dim[] | undefined => wanted?.map((dim): Dim => (dim > 0 ? dim : '?')) ?? unknown(rankIn(shape));

function unsqueezed(x: readonly Dim[], axes: readonly number[] | undefined): readonly Dim[] | undefined {
  if (axes === undefined) return undefined;
  const rank = x.length + axes.length;
  const added = new Set(axes.map((axis) => (axis + rank) % rank));
  const rest = [...x];
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? '?')));
}

function squeezed(x: readonly Dim[], axes: readonly number[] | undefined): readonly Dim[] | undefined {
  const dropped = axes?.map((axis) => (axis + x.length) % x.length);
  return dropped && x.filter((_, i) => !dropped.includes(i));
}

function gathered(
  x: readonly Dim[] | undefined,
  indices: readonly Dim[] | undefined,
  axis: number,
): readonly Dim[] | undefined {
  if (x === undefined || indices === undefined) return undefined;
  const at = (axis + x.length) % x.length;
  return [...x.slice(0, at), ...indices, ...x.slice(at + 1)];
}

function reduced(
  node: Node,
  x: readonly Dim[],
  axes: readonly number[] | undefined,
): readonly Dim[] | undefined {
  const keep = readInt(node, 'keepdims', 1) === 1;
  if (axes === undefined) return keep ? unknown(x.length) : undefined;
  if (axes.length === 0 && readInt(node, 'noop_with_empty_axes', 0) === 1) return x;
  const over = new Set(
    axes.length === 0 ? x.map((_, i) => i) : axes.map((axis) => (axis + x.length) % x.length),
  );
  return keep ? x.map((dim, i) => (over.has(i) ? 1 : dim)) : x.filter((_, i) => !over.has(i));
}

/** Returns the broadcast shape of two tensors (ONNX broadcasting); `?` for unknown dimensions. */
function broadcast(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [p, q] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (p === 1) return q;
    if (q === 1 || p === q) return p;
    // Two names may stand for the same number, or one of them for 1.
    return typeof p === 'number' ? p : typeof q === 'number' ? q : '?';
  });
}

function matMul(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return undefined;
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  return batch && [...batch, a.at(-2) ?? '?', b.at(-1) ?? '?'];
}

function gemm(
  node: Node,
  a: readonly Dim[] | undefined,
  b: readonly Dim[] | undefined,
): readonly Dim[] | undefined {
  return a && b && [a[readInt(node, 'transA', 0)] ?? '?', b[1 - readInt(node, 'transB', 0)] ?? '?'];
}
