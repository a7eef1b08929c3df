import { arriving, type GradientRule, findInput } from '../gradient.rule.js';
import { readFloat, readInt } from '../node.attributes.js';

/**
 * y = x d⁻ᵝ, d = k + α/size Σ x² over neighbouring maps (Krizhevsky et al., 2012):
 * g d⁻ᵝ − 2αβ/size · x Σ (g x d⁻ᵝ⁻¹).
 */
const localResponse: GradientRule = {
  key: 'LRN',
  backward(at) {
    const { write, node } = at;
    const [g, x] = [arriving(at), findInput(node, 0)];
    const size = readInt(node, 'size', 1);
    const [alpha, beta] = [readFloat(node, 'alpha', 1e-4), readFloat(node, 'beta', 0.75)];
    const around = (tensor: string, before: number, after: number): string => {
      const flat = write.op('Reshape', [
        tensor,
        write.op(
          'Concat',
          [write.op('Slice', [write.shape(x), write.ints([0]), write.ints([2])]), write.ints([-1])],
          { axis: 0 },
        ),
      ]);
      const maps = write.op('Unsqueeze', [flat, write.ints([1])]);
      const mean = write.op('AveragePool', [maps], {
        kernel_shape: [size, 1],
        pads: [before, 0, after, 0],
        count_include_pad: 1,
      });
      return write.op('Mul', [write.reshapeLike(mean, x), write.scalar(size, x)]);
    };
    const [less, more] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
    const d = write.op('Add', [
      write.op('Mul', [around(write.op('Mul', [x, x]), less, more), write.scalar(alpha / size, x)]),
      write.scalar(readFloat(node, 'bias', 1), x),
    ]);
    const direct = write.op('Mul', [g, write.op('Pow', [d, write.scalar(-beta, x)])]);
    const through = around(write.op('Div', [write.op('Mul', [direct, x]), d]), more, less);
    return [
      write.op('Sub', [
        direct,
        write.op('Mul', [write.op('Mul', [x, through]), write.scalar((2 * alpha * beta) / size, x)]),
      ]),
    ];
  },
};

/** y = x / ‖x‖ along an axis. */
const lpNormalization: GradientRule = {
  key: 'LpNormalization',
  backward(at) {
    const { write, node } = at;
    const [g, x, y] = [arriving(at), findInput(node, 0), node.outputs[0] ?? ''];
    const axes = [readInt(node, 'axis', -1)];
    const p = readInt(node, 'p', 2);
    const length =
      p === 1
        ? write.sum(write.op('Abs', [x]), axes)
        : write.op('Sqrt', [write.sum(write.op('Mul', [x, x]), axes)]);
    const along = write.sum(write.op('Mul', [g, y]), axes);
    return [
      write.op('Div', [
        write.op('Sub', [g, write.op('Mul', [p === 1 ? write.op('Sign', [x]) : y, along])]),
        length,
      ]),
    ];
  },
};

export const responses: readonly GradientRule[] = [localResponse, lpNormalization];
