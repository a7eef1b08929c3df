import type { Graph, GraphBuilder, Node } from '@noema/onnx';
import type { GradientWriter } from './gradient.writer.js';

/** Context of a rule: the node whose gradient it writes. */
export interface Backward {
  readonly node: Node;
  /** Writes operators into the graph, and knows types and shapes. */
  readonly write: GradientWriter;
  /** Operators that must not be written because the runtime has no kernel for them. */
  readonly avoid: ReadonlySet<string>;
  /**
   * The cotangent of output `i` (the gradient that arrives there); absent when nothing downstream depends on
   * it.
   */
  cotangent(i: number): string | undefined;
  /** True when somebody wants the gradient of input `i`; a rule may leave the others out. */
  wants(i: number): boolean;
  /**
   * True when somebody wants the gradient of a tensor, such as one that the node's body reads from the graph
   * around it.
   */
  depends(tensor: string): boolean;
  /** Hands in a gradient for a tensor that is no input of the node. */
  arrive(tensor: string, cotangent: string): void;
  /** Continues a graph as the body of an operator. */
  body(graph: Graph): Body;
}

/** The body of an operator such as Scan, which may read the tensors of the graph around it. */
export interface Body {
  readonly builder: GraphBuilder;
  readonly write: GradientWriter;
  /** The gradients inside the body, as `gradients` gives them. */
  differentiate(
    ofs: readonly { readonly tensor: string; readonly seed: string }[],
    wrt: readonly string[],
  ): ReadonlyMap<string, string>;
}

/** The gradient of one operator, written in operators. */
export interface GradientRule {
  /** The operator's ONNX name, with `domain::` in front when it is not a standard one. */
  readonly key: string;
  /** Forms of the operator that have no gradient, for the table of operators. */
  readonly limits?: string;
  /**
   * Adds outputs to the node that its gradient needs (the indices of MaxPool); `fresh` returns tensor names.
   */
  readonly prepare?: (node: Node, fresh: (hint: string) => string) => Node;
  /** Replaces a composite operator by simpler ones before differentiation. */
  readonly rewrite?: (node: Node, builder: GraphBuilder) => void;
  /** Returns the gradient of each input, in the order of the inputs; `undefined` for inputs without one. */
  backward(at: Backward): readonly (string | undefined)[];
}

/** The tensor at input `i` of a node that must have it. */
export function findInput(node: Node, i: number): string {
  const name = node.inputs[i];
  if (name === undefined || name === '')
    throw new Error(`${node.opType} "${node.outputs.join()}" has no input ${i}`);
  return name;
}

/** The cotangent of the first output, which exists whenever a rule for one output is called. */
export function arriving(at: Backward): string {
  const cotangent = at.cotangent(0);
  if (cotangent === undefined)
    throw new Error(`no cotangent arrives at ${at.node.opType} "${at.node.outputs.join()}"`);
  return cotangent;
}
