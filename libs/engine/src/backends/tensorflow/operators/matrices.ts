import { readFloat, readInt } from '@noema/autodiff';
import { type Eager, flag, int } from '../eager.js';
import type { Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { onnxType } from './unary.js';

/** Operators on matrices. */
export const matrices: readonly Operator[] = [
  { key: 'MatMul', run: ({ eager, x }) => multiplied(eager, x(0), x(1)) },
  {
    key: 'Gemm',
    run: ({ node, eager, inputs, x }) => {
      const made = eager.op(
        'MatMul',
        [x(0), x(1)],
        [
          ...flag('transpose_a', readInt(node, 'transA', 0) === 1),
          ...flag('transpose_b', readInt(node, 'transB', 0) === 1),
        ],
      );
      const times = (t: Tensor, factor: number): Tensor =>
        factor === 1 ? t : eager.op('Mul', [t, eager.scalar(factor, t)]);
      const scaled = times(made, readFloat(node, 'alpha', 1));
      return inputs[2] === undefined
        ? scaled
        : eager.op('AddV2', [scaled, times(inputs[2], readFloat(node, 'beta', 1))]);
    },
  },
  {
    key: 'Trilu',
    run: ({ node, eager, inputs, x }) => {
      const [k, upper] = [inputs[1]?.values()[0] ?? 0, readInt(node, 'upper', 1) === 1];
      // A band includes the diagonal. Otherwise the result is the complement of the opposite band.
      const isBand = upper ? k <= 0 : k >= 0;
      const [below, above] = isBand ? (upper ? [-k, -1] : [-1, k]) : upper ? [-1, k - 1] : [-k - 1, -1];
      const band = eager.cast(
        eager.op('MatrixBandPart', [
          eager.op('OnesLike', [x(0)]),
          eager.ints([below], []),
          eager.ints([above], []),
        ]),
        'bool',
      );
      const zeros = eager.op('ZerosLike', [x(0)]);
      return eager.op('SelectV2', isBand ? [band, x(0), zeros] : [band, zeros, x(0)]);
    },
  },
  {
    key: 'EyeLike',
    run: ({ node, eager, x }) => {
      const [rows, columns] = x(0).dims as [number, number];
      const k = readInt(node, 'k', 0);
      const data = Float64Array.from({ length: rows * columns }, (_, i) =>
        (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
      );
      return eager.cast(
        eager.given({ dataType: 'float64', dims: [rows, columns], data }),
        node.attributes['dtype'] === undefined ? x(0).dataType : onnxType(readInt(node, 'dtype', 1)),
      );
    },
  },
  ...(['Softmax', 'LogSoftmax'] as const).map(
    (key): Operator => ({
      key,
      run: ({ node, eager, x }) => {
        const order = moveLast(x(0), readInt(node, 'axis', -1));
        return eager.ordered(key, [x(0).id(order)], order);
      },
    }),
  ),
  {
    key: 'Hardmax',
    run: ({ node, eager, x }) => {
      const order = moveLast(x(0), readInt(node, 'axis', -1));
      const [one, zero] = [eager.scalar(1, x(0)), eager.scalar(0, x(0))];
      const best = eager.ordered(
        'ArgMax',
        [x(0).id(order), eager.int32([x(0).rank - 1], []).id()],
        order.slice(0, -1).map((_, i) => i),
      );
      return eager.ordered(
        'OneHot',
        [best.id(), eager.int32([x(0).dims[order.at(-1)!]!], []).id(), one.id(), zero.id()],
        order,
        int('axis', -1),
      );
    },
  },
];

/** The order that has an axis last. */
function moveLast({ rank }: Tensor, axis: number): number[] {
  const own = axis < 0 ? axis + rank : axis;
  return [...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== own), own];
}

/**
 * Matrices of many samples times one matrix are one product. A vector is a matrix whose extra axis is removed
 * afterwards.
 */
function multiplied(eager: Eager, a: Tensor, b: Tensor): Tensor {
  if (a.rank === 1 || b.rank === 1) {
    const made = multiplied(
      eager,
      a.rank === 1 ? eager.reshape(a, [1, -1]) : a,
      b.rank === 1 ? eager.reshape(b, [-1, 1]) : b,
    );
    const rows = a.rank === 1 ? [] : [made.dims.at(-2)!];
    return eager.reshape(made, [
      ...made.dims.slice(0, -2),
      ...rows,
      ...(b.rank === 1 ? [] : [made.dims.at(-1)!]),
    ]);
  }
  if (a.rank === 2 && b.rank === 2) return eager.op('MatMul', [a, b]);
  if (b.rank > 2) return eager.op('BatchMatMulV2', [a, b]);
  return eager.reshape(eager.op('MatMul', [eager.reshape(a, [-1, a.dims.at(-1)!]), b]), [
    ...a.dims.slice(0, -1),
    b.dims.at(-1)!,
  ]);
}
