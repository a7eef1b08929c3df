import type { Node } from '@noema/onnx';
import type { GradientWriter } from './gradient.writer.js';

/** What a rule sees of the node that it goes back through. */
export interface Backward {
  readonly node: Node;
  /** Writes operators into the graph, and knows types and shapes. */
  readonly write: GradientWriter;
  /** Operators that must not be written because the runtime has no kernel for them. */
  readonly avoid: ReadonlySet<string>;
  /** The cotangent of output `i` (the gradient that arrives there); absent when nothing downstream depends on it. */
  cotangent(i: number): string | undefined;
  /** True when somebody wants the gradient of input `i`; a rule may leave the others out. */
  wants(i: number): boolean;
}

/** The gradient of one operator, written in operators. */
export interface GradientRule {
  /** The operator's ONNX name, with `domain::` in front when it is not a standard one. */
  readonly key: string;
  /** Gives the node outputs that going back needs (the indices of MaxPool); `fresh` makes tensor names. */
  readonly prepare?: (node: Node, fresh: (hint: string) => string) => Node;
  /** The gradient for each input, in the order of the inputs; `undefined` where there is none. */
  backward(at: Backward): readonly (string | undefined)[];
}

/** The tensor at input `i` of a node that must have it. */
export function inputOf(node: Node, i: number): string {
  const name = node.inputs[i];
  if (name === undefined || name === '') throw new Error(`${node.opType} "${node.outputs.join()}" has no input ${i}`);
  return name;
}

/** The cotangent of the first output, which exists whenever a rule for one output is called. */
export function arriving(at: Backward): string {
  const cotangent = at.cotangent(0);
  if (cotangent === undefined) throw new Error(`no cotangent arrives at ${at.node.opType} "${at.node.outputs.join()}"`);
  return cotangent;
}
