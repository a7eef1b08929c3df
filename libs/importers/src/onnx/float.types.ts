import { type Attribute, type DataType, type Graph, type Node, type TensorData } from '@noema/onnx';
import { halfToNumber } from '../layers/weight.storage.js';

const FLOAT = 1;
/** Codes of float16, float64 and bfloat16. */
const OTHER_FLOATS: ReadonlySet<unknown> = new Set([10, 11, 16]);
const DECODED: Partial<Record<DataType, (data: ArrayLike<number>) => Float32Array>> = {
  float16: (data) => Float32Array.from(data, halfToNumber),
  bfloat16: (data) => new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer),
  float64: (data) => Float32Array.from(data),
};

/**
 * The graph with all its floats as float32, as everything is computed here. Weights in half precision keep
 * their values, and results are rounded less than in the file's own runtime.
 */
export function inFloat32(graph: Graph): Graph {
  const typed = <T extends { readonly dataType?: DataType }>(info: T): T =>
    info.dataType !== undefined && info.dataType in DECODED ? { ...info, dataType: 'float32' } : info;
  return {
    ...graph,
    nodes: graph.nodes.map(
      (node): Node => ({
        ...node,
        attributes: Object.fromEntries(
          Object.entries(node.attributes).map(([name, value]) => [name, attribute(name, value)]),
        ),
      }),
    ),
    // Inputs arrive as float32, so a float needs no cast.
    inputs: graph.inputs.map(typed),
    outputs: graph.outputs.map(typed),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, decoded(tensor)])),
  };
}

function decoded(tensor: TensorData): TensorData {
  const decode = DECODED[tensor.dataType];
  return decode === undefined
    ? tensor
    : { ...tensor, dataType: 'float32', data: decode(tensor.data as unknown as ArrayLike<number>) };
}

function attribute(name: string, value: Attribute): Attribute {
  if (typeof value === 'object' && 'tensor' in value) return { tensor: decoded(value.tensor) };
  if (typeof value === 'object' && 'graph' in value) return { graph: inFloat32(value.graph) };
  return (name === 'to' || name === 'dtype') && OTHER_FLOATS.has(value) ? FLOAT : value;
}
