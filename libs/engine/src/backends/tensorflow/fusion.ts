import type { Node, TensorData } from '@noema/onnx';

/** What a graph says about where a tensor comes from. */
export interface Sources {
  readonly nodeOf: (tensor: string | undefined) => Node | undefined;
  readonly constantOf: (tensor: string | undefined) => TensorData | undefined;
}

/** Puts one node in the place of several, or leaves a node as it is. */
export type Fusion = (node: Node, sources: Sources) => Node | undefined;

/** An operator that is not of ONNX, in the place of a node. */
export const native = (
  opType: string,
  node: Node,
  inputs: readonly string[],
  attributes: Node['attributes'] = {},
): Node => ({ opType: `tensorflow:${opType}`, inputs, outputs: node.outputs, attributes });
