import type { Graph, Node } from '@noema/onnx';

/** The integer attribute, or the default of the operator. */
export function readInt(node: Node, name: string, fallback: number): number {
  const value = node.attributes[name];
  return typeof value === 'number' ? value : fallback;
}

/** The list of integers, or `undefined` when the node has no such attribute. */
export function readInts(node: Node, name: string): readonly number[] | undefined {
  const value = node.attributes[name];
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}

/** The float attribute, or the default of the operator. */
export function readFloat(node: Node, name: string, fallback: number): number {
  const value = node.attributes[name];
  return typeof value === 'object' && 'float' in value ? value.float : fallback;
}

/** The text attribute, or the default of the operator. */
export function readText(node: Node, name: string, fallback: string): string {
  const value = node.attributes[name];
  return typeof value === 'string' ? value : fallback;
}

/** The graph of an operator such as Scan, or `undefined` when the node has no such attribute. */
export function readGraph(node: Node, name: string): Graph | undefined {
  const value = node.attributes[name];
  return typeof value === 'object' && 'graph' in value ? value.graph : undefined;
}
