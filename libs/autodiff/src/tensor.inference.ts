import type { DataType, Dim, Graph, Node } from '@noema/onnx';
import { intOf, intsOf } from './node.attributes.js';

/** What is known of a tensor before the graph runs; `dims` is absent when not even the rank is known. */
export interface TensorFacts {
  readonly dataType: DataType;
  readonly dims?: readonly Dim[];
}

type Facts = Map<string, TensorFacts>;

const INT64: ReadonlySet<string> = new Set(['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero']);
const BOOL: ReadonlySet<string> = new Set(['And', 'Equal', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less', 'LessOrEqual', 'Not', 'Or', 'Xor']);
const CAST: Readonly<Record<number, DataType>> = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool', 10: 'float16', 11: 'float64', 16: 'bfloat16' };
const SAME: ReadonlySet<string> = new Set([
  'Abs', 'BatchNormalization', 'Cast', 'Clip', 'Elu', 'Erf', 'Exp', 'Gelu', 'HardSigmoid', 'Identity', 'LayerNormalization', 'LeakyRelu', 'Log', 'LogSoftmax', 'Neg', 'Not',
  'Reciprocal', 'Relu', 'Selu', 'Sigmoid', 'Sign', 'Softmax', 'Softplus', 'Softsign', 'Sqrt', 'Tanh',
]);
const BROADCAST: ReadonlySet<string> = new Set(['Add', 'And', 'Div', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Max', 'Mean', 'Min', 'Mul', 'Or', 'Pow', 'PRelu', 'Sub', 'Sum', 'Where']);

/** Types of all tensors and shapes of those that simple rules reach; `shapes` wins over what is inferred, `around` is what a body sees of the graph around it. */
export function inferTensors(graph: Graph, shapes: ReadonlyMap<string, readonly Dim[]> = new Map(), around: ReadonlyMap<string, TensorFacts> = new Map()): Facts {
  const facts: Facts = new Map(around);
  for (const [name, { dataType, dims }] of graph.initializers) facts.set(name, { dataType, dims });
  for (const { name, dataType, dims } of graph.inputs) facts.set(name, { dataType, dims });
  for (const node of graph.nodes) {
    inferNode(node, facts);
    for (const output of node.outputs) {
      const dims = shapes.get(output);
      if (dims !== undefined) facts.set(output, { dataType: facts.get(output)?.dataType ?? 'float32', dims });
    }
  }
  return facts;
}

/** Adds what is known of the node's outputs. */
export function inferNode(node: Node, facts: Facts): void {
  if (node.opType === 'Scan') {
    scanFacts(node, facts);
    return;
  }
  const dims = dimsAfter(node, (i) => facts.get(node.inputs[i] ?? '')?.dims);
  node.outputs.forEach((output, i) => {
    if (output !== '') facts.set(output, { dataType: typeAfter(node, i, facts), ...(dims === undefined || (i > 0 && node.opType !== 'Split') ? {} : { dims }) });
  });
}

/** States keep their types and shapes; of what the steps give only the type is known. */
function scanFacts(node: Node, facts: Facts): void {
  const body = node.attributes['body'];
  const declared = typeof body === 'object' && 'graph' in body ? body.graph.outputs : [];
  const states = node.inputs.length - intOf(node, 'num_scan_inputs', 0);
  node.outputs.forEach((output, i) => {
    const dataType = declared[i]?.dataType ?? 'float32';
    if (output !== '') facts.set(output, i < states ? facts.get(node.inputs[i] ?? '') ?? { dataType } : { dataType });
  });
}

function typeAfter(node: Node, output: number, facts: Facts): DataType {
  if (INT64.has(node.opType) || (node.opType === 'MaxPool' && output === 1)) return 'int64';
  if (BOOL.has(node.opType)) return 'bool';
  if (node.opType === 'Cast') return CAST[intOf(node, 'to', 1)] ?? 'float32';
  const value = node.attributes['value'];
  if (typeof value === 'object' && 'tensor' in value) return value.tensor.dataType;
  return facts.get(node.inputs[node.opType === 'Where' ? 1 : 0] ?? '')?.dataType ?? 'float32';
}

type DimsOf = (input: number) => readonly Dim[] | undefined;

function dimsAfter(node: Node, dimsOf: DimsOf): readonly Dim[] | undefined {
  const x = dimsOf(0);
  if (SAME.has(node.opType)) return x;
  if (BROADCAST.has(node.opType)) return node.inputs.map((_, i) => dimsOf(i)).reduce(broadcast);
  switch (node.opType) {
    case 'Shape': return x && [x.length];
    case 'MatMul': return matMul(x, dimsOf(1));
    case 'Gemm': return gemm(node, x, dimsOf(1));
    case 'Flatten': return x && ['?', '?'];
    case 'Transpose': return x && (intsOf(node, 'perm') ?? x.map((_, i) => x.length - 1 - i)).map((i) => x[i] ?? '?');
    case 'Conv': case 'ConvTranspose': case 'MaxPool': case 'AveragePool': return x && [x[0] ?? '?', ...x.slice(1).map(() => '?')];
    case 'GlobalAveragePool': case 'GlobalMaxPool': return x && [...x.slice(0, 2), ...x.slice(2).map(() => 1)];
    case 'Split': return x?.map((dim, i) => (i === (intOf(node, 'axis', 0) + x.length) % x.length ? '?' : dim));
    case 'Concat': case 'Slice': case 'Pad': case 'Resize': return x?.map(() => '?');
    default: return undefined;
  }
}

/** The shape of two tensors used together (ONNX broadcasting); `?` where that cannot be said. */
function broadcast(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [p, q] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (p === 1) return q;
    if (q === 1 || p === q) return p;
    // Two names may stand for one number, or one of them for 1.
    return typeof p === 'number' ? p : typeof q === 'number' ? q : '?';
  });
}

function matMul(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (a === undefined || b === undefined || a.length < 2 || b.length < 2) return undefined;
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  return batch && [...batch, a.at(-2) ?? '?', b.at(-1) ?? '?'];
}

function gemm(node: Node, a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  return a && b && [a[intOf(node, 'transA', 0)] ?? '?', b[1 - intOf(node, 'transB', 0)] ?? '?'];
}
