import type { DataType } from './data-type.js';
import type { TensorData } from './tensor.js';

/**
 * A dimension: a number, a name that stands for the same number everywhere (`n` is the batch), or `?` when
 * nothing is known.
 */
export type Dim = number | string;

/** A float attribute; bare numbers are integers, because ONNX tells the two apart. */
export interface FloatAttribute {
  readonly float: number;
}
export interface FloatsAttribute {
  readonly floats: readonly number[];
}
export interface TensorAttribute {
  readonly tensor: TensorData;
}
export interface GraphAttribute {
  readonly graph: Graph;
}

/** A number is an ONNX int, an array of numbers ints; floats are wrapped by `float(x)`. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | FloatAttribute
  | FloatsAttribute
  | TensorAttribute
  | GraphAttribute;

export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * One operator; an empty input name is an optional input left out, an empty output name an output that nobody
 * wants.
 */
export interface Node {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Operator set; absent for the standard one (`ai.onnx`). */
  readonly domain?: string;
}

export interface ValueInfo {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims: readonly Dim[];
}

/** What a graph gives; without `dims` the runtime finds the shape by itself. */
export interface OutputInfo {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims?: readonly Dim[];
}

/** A computation: nodes in topological order, each tensor name written once. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly OutputInfo[];
  readonly initializers: ReadonlyMap<string, TensorData>;
  /** Version of the standard operators that the nodes mean; ours are written for 20. */
  readonly opset?: number;
}

/** Marks an attribute as a float. */
export const float = (value: number): FloatAttribute => ({ float: value });

/** The outer tensors that a node reads: its inputs and what its subgraphs capture. */
export function readsOf(node: Node): string[] {
  const reads = node.inputs.filter((name) => name !== '');
  for (const attribute of Object.values(node.attributes)) {
    if (typeof attribute === 'object' && 'graph' in attribute) reads.push(...capturesOf(attribute.graph));
  }
  return reads;
}

function capturesOf(graph: Graph): string[] {
  const own = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  return [...graph.nodes.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)].filter(
    (name) => !own.has(name),
  );
}
