import type { Node, TensorData } from '@noema/onnx';

/** Origins of the tensors of a graph. */
export interface Sources {
  readonly findNode: (tensor: string | undefined) => Node | undefined;
  readonly findConstant: (tensor: string | undefined) => TensorData | undefined;
}

/** Replaces several nodes by one, or returns a node unchanged. */
export type Fusion = (node: Node, sources: Sources) => Node | undefined;

/** An operator that is not of ONNX, in the place of a node. */
export const native = (
  opType: string,
  node: Node,
  inputs: readonly string[],
  attributes: Node['attributes'] = {},
): Node => ({ opType: `tensorflow:${opType}`, inputs, outputs: node.outputs, attributes });
