import type { DataType } from './data-type.js';
import type { TensorData } from './tensor.js';

/**
 * A dimension: a number, a name that stands for the same number everywhere (`n` is the batch), or `?` for
 * unknown.
 */
export type Dim = number | string;

/** A float attribute. Bare numbers are integers, because ONNX distinguishes the two. */
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

/** A number is an ONNX int, an array of numbers ints. Wrap floats in `float(x)`. */
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
 * One operator. An empty input name is an omitted optional input; an empty output name is an unused output.
 */
export interface Node {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Name for people who read the file; nothing refers to it. */
  readonly name?: string;
  /** Operator set; absent for the standard one (`ai.onnx`). */
  readonly domain?: string;
}

export interface ValueInfo {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims: readonly Dim[];
}

/**
 * Output of a graph. Without `dims` the runtime infers the shape. An output of a subgraph may lack its type, which the
 * operator that runs the subgraph has; outputs of a model have one.
 */
export interface OutputInfo {
  readonly name: string;
  readonly dataType?: DataType;
  readonly dims?: readonly Dim[];
}

/** A computation: nodes in topological order. Each tensor name is written once. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly OutputInfo[];
  readonly initializers: ReadonlyMap<string, TensorData>;
  /** Version of the standard operators; our code generates version 20. */
  readonly opset?: number;
  /** Names of the classes of an output, in the order of its last axis, where the file states them. */
  readonly classNames?: ReadonlyMap<string, readonly string[]>;
}

/** Marks an attribute as a float. */
export const float = (value: number): FloatAttribute => ({ float: value });

/** Returns the outer tensors that a node reads: its inputs and the tensors that its subgraphs capture. */
export function listReads(node: Node): string[] {
  const reads = node.inputs.filter((name) => name !== '');
  for (const attribute of Object.values(node.attributes)) {
    if (typeof attribute === 'object' && 'graph' in attribute) reads.push(...listCaptures(attribute.graph));
  }
  return reads;
}

function listCaptures(graph: Graph): string[] {
  const own = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  return [...graph.nodes.flatMap(listReads), ...graph.outputs.map(({ name }) => name)].filter(
    (name) => !own.has(name),
  );
}
