import { readInt, readText } from '@noema/autodiff';
import { elementCount } from '@noema/onnx';
import { int } from '../eager.js';
import type { Operator, Work } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis } from './axes.js';

/**
 * Negative indexes count from the end. `size` is the length of the axis, one for each component of the index.
 */
function fromFront({ eager }: Pick<Work, 'eager'>, indices: Tensor, size: readonly number[]): Tensor {
  const sizes = eager.cast(size.length === 1 ? eager.ints(size, []) : eager.ints(size), indices.dataType);
  return eager.op('SelectV2', [
    eager.op('Less', [indices, eager.scalar(0, indices)]),
    eager.op('AddV2', [indices, sizes]),
    indices,
  ]);
}

/**
 * For each index along an axis the number of the element that it means, when the tensor's elements are
 * numbered row by row.
 */
function elementNumbers(
  { eager }: Pick<Work, 'eager'>,
  dims: readonly number[],
  indices: Tensor,
  axis: number,
): Tensor {
  const along = eager.cast(fromFront({ eager }, indices, [dims[axis]!]), 'int64');
  const stride = (i: number): number => elementCount(dims.slice(i + 1));
  const own = eager.op('Mul', [along, eager.ints([stride(axis)], [])]);
  const numbers = indices.dims.reduce<Tensor>((sum, length, i) => {
    if (i === axis || length === 1) return sum;
    const steps = eager.ints(
      Array.from({ length }, (_, at) => at * stride(i)),
      indices.dims.map((_, j) => (j === i ? length : 1)),
    );
    return eager.op('AddV2', [sum, steps]);
  }, own);
  return eager.reshape(numbers, [-1]);
}

const scatters: Readonly<Record<string, string>> = {
  none: 'TensorScatterUpdate',
  add: 'TensorScatterAdd',
  max: 'TensorScatterMax',
  min: 'TensorScatterMin',
};
const refuses = (node: Parameters<NonNullable<Operator['refuses']>>[0]): string | undefined =>
  readText(node, 'reduction', 'none') in scatters
    ? undefined
    : `reduction ${readText(node, 'reduction', 'none')}`;
const selectScatter = ({ node }: Work): string => scatters[readText(node, 'reduction', 'none')]!;

/** Operators that pick elements, or put them. */
export const gathers: readonly Operator[] = [
  {
    key: 'Gather',
    run: (work) => {
      const axis = normalizeAxis(readInt(work.node, 'axis', 0), work.x(0).rank);
      return work.eager.op('GatherV2', [
        work.x(0),
        fromFront(work, work.x(1), [work.x(0).dims[axis]!]),
        work.eager.int32([axis], []),
      ]);
    },
  },
  {
    key: 'GatherElements',
    run: (work) => {
      const [x, indices] = [work.x(0), work.x(1)];
      const numbers = elementNumbers(
        work,
        x.dims,
        indices,
        normalizeAxis(readInt(work.node, 'axis', 0), x.rank),
      );
      return work.eager.reshape(
        work.eager.op('GatherV2', [work.eager.reshape(x, [-1]), numbers, work.eager.int32([0], [])]),
        indices.dims,
      );
    },
  },
  {
    key: 'GatherND',
    limits: '`batch_dims` 0',
    refuses: (node) => (readInt(node, 'batch_dims', 0) === 0 ? undefined : 'batch_dims'),
    run: (work) =>
      work.eager.op('GatherNd', [
        work.x(0),
        fromFront(work, work.x(1), work.x(0).dims.slice(0, work.x(1).dims.at(-1))),
      ]),
  },
  {
    key: 'ScatterElements',
    limits: 'not with `reduction` mul',
    refuses,
    run: (work) => {
      const { eager } = work;
      const [x, indices, updates] = [work.x(0), work.x(1), work.x(2)];
      const numbers = elementNumbers(
        work,
        x.dims,
        indices,
        normalizeAxis(readInt(work.node, 'axis', 0), x.rank),
      );
      return eager.reshape(
        eager.op(selectScatter(work), [
          eager.reshape(x, [-1]),
          eager.reshape(numbers, [-1, 1]),
          eager.reshape(updates, [-1]),
        ]),
        x.dims,
      );
    },
  },
  {
    key: 'ScatterND',
    limits: 'not with `reduction` mul',
    refuses,
    run: (work) =>
      work.eager.op(selectScatter(work), [
        work.x(0),
        fromFront(work, work.x(1), work.x(0).dims.slice(0, work.x(1).dims.at(-1))),
        work.x(2),
      ]),
  },
  {
    key: 'OneHot',
    run: (work) => {
      const { eager, x } = work;
      const depth = x(1).values()[0]!;
      const whole = x(0).dataType.startsWith('int') ? x(0) : eager.cast(x(0), 'int64');
      const value = (i: number): Tensor =>
        eager.reshape(eager.op('GatherV2', [x(2), eager.ints([i]), eager.int32([0], [])]), []);
      return eager.op(
        'OneHot',
        [fromFront(work, whole, [depth]), eager.int32([depth], []), value(1), value(0)],
        int('axis', readInt(work.node, 'axis', -1)),
      );
    },
  },
  {
    key: 'NonZero',
    run: ({ eager, x }) => eager.op('Transpose', [eager.op('Where', [x(0)]), eager.int32([1, 0])]),
  },
  {
    key: 'ReverseSequence',
    run: ({ node, eager, x }) =>
      eager.op(
        'ReverseSequence',
        [x(0), x(1)],
        [
          ...int('seq_dim', readInt(node, 'time_axis', 0)),
          ...int('batch_dim', readInt(node, 'batch_axis', 1)),
        ],
      ),
  },
];
