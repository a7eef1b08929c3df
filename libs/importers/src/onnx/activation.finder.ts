import type { Dim, Node } from '@noema/onnx';
import type { GraphLinks } from './graph.links.js';

/**
 * Non-linearities of single units, and the parts that exporters write them in (GELU by `Erf` or `Tanh`, SiLU
 * by `Sigmoid`).
 */
const NONLINEAR: ReadonlySet<string> = new Set([
  'Celu',
  'Clip',
  'Elu',
  'Erf',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'Mish',
  'PRelu',
  'Relu',
  'Selu',
  'Shrink',
  'Sigmoid',
  'Softplus',
  'Softsign',
  'Tanh',
  'ThresholdedRelu',
]);
/** Operators between a layer and its non-linearity. If none follows, their result is the layer's output. */
const SHIFTED: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'BatchNormalization',
  'GroupNormalization',
  'InstanceNormalization',
  'LayerNormalization',
]);
const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...NONLINEAR,
  ...SHIFTED,
  'Mul',
  'Div',
  'Pow',
  'Identity',
  'Dropout',
]);

/** A tensor with a layer's activation, and the axis of the layer's units in it. */
export interface ActivationTensor {
  readonly tensor: string;
  readonly unitAxis: number;
}

/**
 * Finds the tensor of a layer's activation: from the output of the layer's operator, through bias,
 * normalisation and transposition, to the first non-linearity that all of it passes through; otherwise the
 * result of bias and normalisation. Sums with other tensors (residual connections) and softmax end the
 * search.
 */
export function findActivation(
  made: ActivationTensor,
  links: GraphLinks,
  shapes: ReadonlyMap<string, readonly Dim[]>,
): ActivationTensor {
  const region = new Set([made.tensor]);
  const open = new Set<Node>(links.listReaders(made.tensor));
  let { unitAxis } = made;
  let dims = shapes.get(made.tensor)?.join();
  let found = made;
  let bent = false;
  for (let next = findNext(open, links); next !== undefined; next = findNext(open, links)) {
    open.delete(next);
    const [output] = next.outputs;
    const perm = open.size === 0 && !bent ? findPerm(next) : undefined;
    const isOwn = next.inputs.every((name) => name === '' || region.has(name) || !links.isVarying(name));
    if (output === undefined || next.outputs.length > 1 || !isOwn) return found;
    if (perm !== undefined) {
      unitAxis = perm.indexOf(unitAxis);
      dims = shapes.get(output)?.join();
    } else if (!ELEMENTWISE.has(next.opType) || shapes.get(output)?.join() !== dims) return found;
    bent ||= NONLINEAR.has(next.opType);
    // The whole layer passes through here if no other node reads an earlier tensor.
    if (open.size === 0 && ![...region].some((name) => links.isOutput(name))) {
      if (bent) return { tensor: scaled(output, links), unitAxis };
      if (SHIFTED.has(next.opType)) found = { tensor: output, unitAxis };
    }
    region.add(output);
    for (const reader of links.listReaders(output)) open.add(reader);
  }
  return found;
}

/**
 * The axes of a transposition, undefined for another operator; exporters, and the opener for outputs, put one
 * before a non-linearity.
 */
function findPerm({ opType, attributes }: Node): readonly number[] | undefined {
  const { perm } = attributes;
  return opType === 'Transpose' && Array.isArray(perm) ? (perm as readonly number[]) : undefined;
}

/** Behind the halves that exporters write GELU with. */
function scaled(tensor: string, links: GraphLinks): string {
  const readers = links.listReaders(tensor);
  const [next] = readers;
  if (readers.length !== 1 || links.isOutput(tensor) || (next!.opType !== 'Mul' && next!.opType !== 'Div'))
    return tensor;
  const factors = next!.inputs
    .filter((name) => name !== tensor)
    .map((name) => links.graph.initializers.get(name));
  return factors.length === 1 && factors[0]?.data.length === 1 ? next!.outputs[0]! : tensor;
}

/** The node that comes first in the graph. */
function findNext(open: ReadonlySet<Node>, links: GraphLinks): Node | undefined {
  return [...open].reduce<Node | undefined>(
    (first, node) => (first === undefined || links.getOrder(node) < links.getOrder(first) ? node : first),
    undefined,
  );
}
