import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, inputOf } from '../gradient.rule.js';
import { textOf } from '../node.attributes.js';

/** Numbers every element of x, slices the numbers as x was sliced, and adds the gradient to zeros at those places: right for every step and sign. */
const slice: GradientRule = {
  key: 'Slice',
  backward(at) {
    const { write, node } = at;
    const x = inputOf(node, 0);
    return [scatterTo(at, arriving(at), x, write.op('Slice', [numbersOf(at, x), ...node.inputs.slice(1)]))];
  },
};

/** Pad with the gradient's pads negated cuts off what was added (and gives back as zero what was cut). */
const pad: GradientRule = {
  key: 'Pad',
  backward(at) {
    const { write, node } = at;
    const mode = textOf(node, 'mode', 'constant');
    if (mode !== 'constant') throw gradientFormUnsupported(node, `mode "${mode}"`);
    const negated = write.op('Neg', [inputOf(node, 1)]);
    const axes = node.inputs[3];
    return [write.op('Pad', [arriving(at), negated, ...(axes === undefined || axes === '' ? [] : ['', axes])])];
  },
};

const gather: GradientRule = {
  key: 'Gather',
  backward(at) {
    const { write, node } = at;
    const x = inputOf(node, 0);
    return [scatterTo(at, arriving(at), x, write.op('Gather', [numbersOf(at, x), inputOf(node, 1)], node.attributes))];
  },
};

/** The tensor's elements numbered from 0, in its shape. */
function numbersOf({ write }: Backward, x: string): string {
  const [zero, one] = [write.scalar(0, write.op('Size', [x])), write.scalar(1, write.op('Size', [x]))];
  return write.reshapeLike(write.op('Range', [zero, write.op('Size', [x]), one]), x);
}

/** Zeros in the shape of `like`, with each element of the gradient added at the place that `places` numbers. */
export function scatterTo({ write }: Backward, gradient: string, like: string, places: string): string {
  const flat = (tensor: string): string => write.op('Reshape', [tensor, write.ints([-1])]);
  return write.reshapeLike(write.op('ScatterElements', [flat(write.zerosLike(like)), flat(places), flat(gradient)], { axis: 0, reduction: 'add' }), like);
}

export const slices: readonly GradientRule[] = [slice, pad, gather];
