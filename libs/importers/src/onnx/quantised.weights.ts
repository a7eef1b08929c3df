import { elementCount, float32, type Graph, type Node, type TensorData } from '@noema/onnx';

const WHOLE: ReadonlySet<string> = new Set(['int8', 'uint8', 'int16', 'uint16', 'int32']);

/**
 * The graph with its quantised weights as float32 constants: a `DequantizeLinear` of constants is computed
 * once, (x − zero point) · scale, for the whole tensor or along one axis. Blocks along an axis stay operators.
 */
export function dequantised(graph: Graph): Graph {
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.filter((node) => {
    const weight = node.opType === 'DequantizeLinear' ? dequantise(node, initializers) : undefined;
    if (weight !== undefined) initializers.set(node.outputs[0]!, weight);
    return weight === undefined;
  });
  return { ...graph, nodes, initializers };
}

function dequantise(
  { inputs, attributes }: Node,
  constants: ReadonlyMap<string, TensorData>,
): TensorData | undefined {
  const [x, scale, zero] = inputs.map((name) => constants.get(name));
  if (x === undefined || scale?.dataType !== 'float32' || !WHOLE.has(x.dataType)) return undefined;
  if ((attributes['block_size'] ?? 0) !== 0 || (zero === undefined && (inputs[2] ?? '') !== ''))
    return undefined;
  const { dims } = x;
  const given = typeof attributes['axis'] === 'number' ? attributes['axis'] : 1;
  const axis = given < 0 ? given + dims.length : given;
  const isWhole = scale.data.length === 1;
  if (!isWhole && dims[axis] !== scale.data.length) return undefined;
  const inner = elementCount(dims.slice(axis + 1));
  const at = (i: number): number => (isWhole ? 0 : Math.floor(i / inner) % scale.data.length);
  return float32(
    Float32Array.from(
      x.data as ArrayLike<number>,
      (value, i) => (value - Number(zero?.data[at(i)] ?? 0)) * Number(scale.data[at(i)]),
    ),
    dims,
  );
}
