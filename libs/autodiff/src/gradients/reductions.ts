import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import { readInt, readInts } from '../node.attributes.js';

type Spread = (at: Backward, g: string, x: string, y: string) => string;

/** A reduction: gradient and output get their reduced axes back (as 1) and are broadcast over the input. */
const reduction = (key: string, spread: Spread): GradientRule => ({
  key,
  backward(at) {
    const { node } = at;
    if (readInt(node, 'noop_with_empty_axes', 0) === 1 && readAxes(at) === undefined) {
      if (key === 'ReduceSum' || key === 'ReduceMean') return [arriving(at)];
      throw gradientFormUnsupported(node, 'noop_with_empty_axes and no axes');
    }
    const x = findInput(node, 0);
    return [spread(at, kept(at, arriving(at), x), x, kept(at, node.outputs[0] ?? '', x))];
  },
});

/** Returns the axes as a tensor, for every operator version. */
function readAxes({ write, node }: Backward): string | undefined {
  const attribute = readInts(node, 'axes');
  if (attribute !== undefined) return write.ints(attribute);
  return node.inputs[1] === '' ? undefined : node.inputs[1];
}

function kept(at: Backward, reduced: string, x: string): string {
  const { write, node } = at;
  if (readInt(node, 'keepdims', 1) === 1) return reduced;
  const axes = readAxes(at);
  if (axes !== undefined) return write.op('Unsqueeze', [reduced, axes]);
  return write.op('Reshape', [reduced, write.op('Expand', [write.ints([1]), write.shape(write.shape(x))])]);
}

const expand = ({ write }: Backward, g: string, x: string): string => write.op('Expand', [g, write.shape(x)]);

/** The maximum's gradient is shared evenly by all elements that reach it, as TensorFlow and PyTorch do. */
const shared: Spread = ({ write, node }, g, x, y) => {
  const mask = write.mask(write.op('Equal', [x, y]), x);
  const axes = readInts(node, 'axes');
  const second = axes === undefined ? node.inputs[1] : write.ints(axes);
  const count = write.op('ReduceSum', second === undefined || second === '' ? [mask] : [mask, second], {
    keepdims: 1,
  });
  return write.op('Mul', [mask, write.op('Div', [g, count])]);
};

export const reductions: readonly GradientRule[] = [
  reduction('ReduceSum', expand),
  reduction('ReduceMean', (at, g, x, y) => {
    const { write } = at;
    const count = write.op('Div', [write.op('Size', [x]), write.op('Size', [y])]);
    return expand(
      at,
      write.op('Div', [g, write.op('Cast', [count], { to: write.getType(x) === 'float64' ? 11 : 1 })]),
      x,
    );
  }),
  reduction('ReduceMax', shared),
  reduction('ReduceMin', shared),
  reduction('ReduceLogSumExp', ({ write }, g, x, y) =>
    write.op('Mul', [g, write.op('Exp', [write.op('Sub', [x, y])])]),
  ),
  reduction('ReduceSumSquare', ({ write }, g, x) => write.op('Mul', [g, write.op('Add', [x, x])])),
  reduction('ReduceL2', ({ write }, g, x, y) => write.op('Mul', [g, write.op('Div', [x, y])])),
  reduction('ReduceL1', ({ write }, g, x) => write.op('Mul', [g, write.op('Sign', [x])])),
  // Elements of 0 have no quotient; their gradient is not a number.
  reduction('ReduceProd', ({ write }, g, x, y) => write.op('Mul', [g, write.op('Div', [y, x])])),
  reduction('ReduceLogSum', (at, g, x, y) => expand(at, at.write.op('Div', [g, at.write.op('Exp', [y])]), x)),
];
