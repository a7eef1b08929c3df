import { readFloat, readInt } from '@noema/autodiff';
import type { Operator, Work } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis } from './axes.js';
import { reduce } from './reductions.js';

type Pair = Pick<Work, 'eager'>;

/** (x − mean) / √(variance + ε). */
function standardised(
  { eager }: Pair,
  x: Tensor,
  { mean, variance, epsilon }: { readonly mean: Tensor; readonly variance: Tensor; readonly epsilon: number },
): Tensor {
  const scale = eager.elementwise('Rsqrt', [
    eager.elementwise('AddV2', [variance, eager.scalar(epsilon, x)]),
  ]);
  return eager.elementwise('Mul', [eager.elementwise('Sub', [x, mean]), scale]);
}

/** Over its own mean and variance along some axes. */
function ownStandardised(
  work: Pair,
  x: Tensor,
  axes: readonly number[],
  epsilon: number,
): { readonly made: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const mean = reduce(work, 'Mean', x, { axes, keep: true });
  const variance = reduce(work, 'Mean', work.eager.elementwise('SquaredDifference', [x, mean]), {
    axes,
    keep: true,
  });
  return { made: standardised(work, x, { mean, variance, epsilon }), mean, variance };
}

const affine = ({ eager }: Pair, x: Tensor, scale: Tensor, bias: Tensor | undefined): Tensor => {
  const scaled = eager.elementwise('Mul', [x, scale]);
  return bias === undefined ? scaled : eager.elementwise('AddV2', [scaled, bias]);
};

/** One number a channel, [c], as it meets [n, c, …]. */
const byChannel = ({ eager }: Pair, x: Tensor, rank: number): Tensor =>
  eager.reshape(x, [1, -1, ...Array<number>(rank - 2).fill(1)]);
const positions = ({ rank }: Tensor, from: number): number[] =>
  Array.from({ length: rank - from }, (_, i) => i + from);

export const normalizations: readonly Operator[] = [
  {
    key: 'BatchNormalization',
    limits: 'not with `training_mode`',
    refuses: (node) => (readInt(node, 'training_mode', 0) === 1 ? 'training_mode' : undefined),
    run: (work) => {
      const { node, x } = work;
      const channel = (i: number): Tensor => byChannel(work, x(i), x(0).rank);
      return affine(
        work,
        standardised(work, x(0), {
          mean: channel(3),
          variance: channel(4),
          epsilon: readFloat(node, 'epsilon', 1e-5),
        }),
        channel(1),
        channel(2),
      );
    },
  },
  {
    key: 'LayerNormalization',
    run: (work) => {
      const { node, eager, inputs, x } = work;
      const { made, mean, variance } = ownStandardised(
        work,
        x(0),
        positions(x(0), normalizeAxis(readInt(node, 'axis', -1), x(0).rank)),
        readFloat(node, 'epsilon', 1e-5),
      );
      const y = affine(work, made, x(1), inputs[2]);
      if (node.outputs.length === 1) return y;
      return [
        y,
        mean,
        eager.elementwise('Rsqrt', [
          eager.elementwise('AddV2', [variance, eager.scalar(readFloat(node, 'epsilon', 1e-5), x(0))]),
        ]),
      ];
    },
  },
  {
    key: 'InstanceNormalization',
    run: (work) => {
      const { node, x } = work;
      const { made } = ownStandardised(work, x(0), positions(x(0), 2), readFloat(node, 'epsilon', 1e-5));
      return affine(work, made, byChannel(work, x(1), x(0).rank), byChannel(work, x(2), x(0).rank));
    },
  },
  {
    key: 'GroupNormalization',
    run: (work) => {
      const { node, eager, x } = work;
      const dims = x(0).dims;
      const groups = readInt(node, 'num_groups', 1);
      const { made } = ownStandardised(
        work,
        eager.reshape(x(0), [dims[0]!, groups, -1]),
        [2],
        readFloat(node, 'epsilon', 1e-5),
      );
      // One number a group before opset 21, one a channel since.
      const each = (i: number): Tensor =>
        byChannel(
          work,
          x(i).size === groups
            ? eager.reshape(
                eager.op('BroadcastTo', [
                  eager.reshape(x(i), [groups, 1]),
                  eager.ints([groups, dims[1]! / groups]),
                ]),
                [-1],
              )
            : x(i),
          dims.length,
        );
      return affine(work, eager.reshape(made, dims), each(1), each(2));
    },
  },
  {
    key: 'LpNormalization',
    run: (work) => {
      const { node, eager, x } = work;
      const axes = [normalizeAxis(readInt(node, 'axis', -1), x(0).rank)];
      const absolute = readInt(node, 'p', 2) === 1;
      const sum = reduce(work, 'Sum', eager.elementwise(absolute ? 'Abs' : 'Square', [x(0)]), {
        axes,
        keep: true,
      });
      return eager.elementwise('DivNoNan', [x(0), absolute ? sum : eager.elementwise('Sqrt', [sum])]);
    },
  },
];
