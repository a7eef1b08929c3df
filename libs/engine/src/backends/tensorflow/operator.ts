import type { Graph, Node } from '@noema/onnx';
import type { Eager } from './eager.js';
import type { Tensor } from './tensor.js';

/** One node at work. */
export interface Work {
  readonly node: Node;
  readonly eager: Eager;
  readonly inputs: readonly (Tensor | undefined)[];
  /** Input i, which the operator needs. */
  readonly x: (i: number) => Tensor;
  /** Runs a graph that the node carries, which may read the tensors around the node. */
  readonly body: (graph: Graph, inputs: readonly Tensor[]) => Tensor[];
}

/** One operator of ONNX in operators of TensorFlow; one family a file. */
export interface Operator {
  readonly key: string;
  /** Limitations, for the table of operators. */
  readonly limits?: string;
  /** Why this node cannot be run, when that can be seen before. */
  readonly refuses?: (node: Node) => string | undefined;
  readonly run: (work: Work) => Tensor | readonly Tensor[];
}
