import type { DataType, Dim, Graph, Node, TensorData } from '@noema/onnx';
import { readGraph, readInt } from './node.attributes.js';
import { dimsAfter } from './shape.inference.js';

/** Static information about a tensor. `dims` is absent if the rank is unknown. */
export interface TensorInfo {
  readonly dataType: DataType;
  readonly dims?: readonly Dim[];
  /** The numbers of a constant list of integers: shapes, axes. */
  readonly integers?: readonly number[];
}

type Facts = Map<string, TensorInfo>;

const INT64: ReadonlySet<string> = new Set(['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero']);
const BOOL: ReadonlySet<string> = new Set([
  'And',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Not',
  'Or',
  'Xor',
]);
const CAST: Readonly<Record<number, DataType>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  16: 'bfloat16',
};
/**
 * Infers the types of all tensors and the shapes that simple rules reach. `shapes` takes precedence; `around`
 * has the outer graph's tensors for a body.
 */
export function inferTensors(
  graph: Graph,
  shapes: ReadonlyMap<string, readonly Dim[]> = new Map(),
  around: ReadonlyMap<string, TensorInfo> = new Map(),
): Facts {
  const facts: Facts = new Map(around);
  for (const [name, tensor] of graph.initializers) facts.set(name, constantFacts(tensor));
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

/** Adds the information about the node's outputs. */
export function inferNode(node: Node, facts: Facts): void {
  if (node.opType === 'Scan') {
    scanFacts(node, facts);
    return;
  }
  if (node.opType === 'Constant' || node.opType === 'Identity') {
    const value = node.attributes['value'];
    const known =
      node.opType === 'Identity'
        ? facts.get(node.inputs[0] ?? '')
        : typeof value === 'object' && 'tensor' in value
          ? constantFacts(value.tensor)
          : undefined;
    if (known !== undefined) {
      facts.set(node.outputs[0] ?? '', known);
      return;
    }
  }
  const dims = dimsAfter(
    node,
    (i) => facts.get(node.inputs[i] ?? '')?.dims,
    (i) => facts.get(node.inputs[i] ?? '')?.integers,
  );
  node.outputs.forEach((output, i) => {
    if (output !== '')
      facts.set(output, {
        dataType: typeAfter(node, i, facts),
        ...(dims === undefined || (i > 0 && node.opType !== 'Split') ? {} : { dims }),
      });
  });
}

/** Returns the information about a constant. */
export const constantFacts = ({ dataType, dims, data }: TensorData): TensorInfo =>
  dataType === 'int64' && data.length <= 16
    ? { dataType, dims, integers: Array.from(data as BigInt64Array, Number) }
    : { dataType, dims };

/** States keep their types and shapes. Of per-step outputs only the type is known. */
function scanFacts(node: Node, facts: Facts): void {
  const declared = readGraph(node, 'body')?.outputs ?? [];
  const states = node.inputs.length - readInt(node, 'num_scan_inputs', 0);
  node.outputs.forEach((output, i) => {
    const dataType = declared[i]?.dataType ?? 'float32';
    if (output !== '')
      facts.set(output, i < states ? (facts.get(node.inputs[i] ?? '') ?? { dataType }) : { dataType });
  });
}

function typeAfter(node: Node, output: number, facts: Facts): DataType {
  if (INT64.has(node.opType) || (node.opType === 'MaxPool' && output === 1)) return 'int64';
  if (BOOL.has(node.opType)) return 'bool';
  if (node.opType === 'Cast') return CAST[readInt(node, 'to', 1)] ?? 'float32';
  const value = node.attributes['value'];
  if (typeof value === 'object' && 'tensor' in value) return value.tensor.dataType;
  return facts.get(node.inputs[node.opType === 'Where' ? 1 : 0] ?? '')?.dataType ?? 'float32';
}
