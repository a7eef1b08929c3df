import { readInt, readInts } from '@noema/autodiff';
import { flag, type } from '../eager.js';
import type { Operator, Work } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis } from './axes.js';

type Kind = 'Sum' | 'Mean' | 'Max' | 'Min' | 'Prod';

/** Reduces over axes in the axis order of the tensor. */
export function reduce(
  { eager }: Pick<Work, 'eager'>,
  kind: Kind,
  x: Tensor,
  { axes, keep }: { readonly axes: readonly number[]; readonly keep: boolean },
): Tensor {
  const order = x.order;
  const left = order.filter((axis) => keep || !axes.includes(axis));
  const sorted = left.toSorted((a, b) => a - b);
  return eager.ordered(
    kind,
    [x.id(order), eager.int32(axes.map((axis) => order.indexOf(axis))).id()],
    left.map((axis) => sorted.indexOf(axis)),
    flag('keep_dims', keep),
  );
}

interface Steps {
  readonly before?: (work: Work, x: Tensor) => Tensor;
  readonly after?: (work: Work, reduced: Tensor) => Tensor;
}

const squared = ({ eager }: Work, x: Tensor): Tensor => eager.elementwise('Square', [x]);
const unary =
  (name: string) =>
  ({ eager }: Work, x: Tensor): Tensor =>
    eager.elementwise(name, [x]);

/** Axes are an input, in older graphs an attribute; without any all are meant, or none. */
const reduction = (
  key: string,
  kind: Kind,
  { before = (_, x) => x, after = (_, x) => x }: Steps = {},
): Operator => ({
  key,
  run: (work) => {
    const x = work.x(0);
    const given = work.inputs[1]?.values() ?? readInts(work.node, 'axes') ?? [];
    if (given.length === 0 && readInt(work.node, 'noop_with_empty_axes', 0) === 1)
      return after(work, before(work, x));
    const axes =
      given.length === 0 ? x.dims.map((_, i) => i) : given.map((axis) => normalizeAxis(axis, x.rank));
    return after(
      work,
      reduce(work, kind, before(work, x), { axes, keep: readInt(work.node, 'keepdims', 1) === 1 }),
    );
  },
});

/** Subtracts the largest (or smallest) value before the exponentials, so that nothing overflows. */
const logSumExp: Operator = {
  key: 'ReduceLogSumExp',
  run: (work) => {
    const { eager } = work;
    const x = work.x(0);
    const given = work.inputs[1]?.values() ?? readInts(work.node, 'axes') ?? [];
    const axes =
      given.length === 0 ? x.dims.map((_, i) => i) : given.map((axis) => normalizeAxis(axis, x.rank));
    const top = reduce(work, 'Max', x, { axes, keep: true });
    const sum = reduce(work, 'Sum', eager.elementwise('Exp', [eager.elementwise('Sub', [x, top])]), {
      axes,
      keep: true,
    });
    const made = eager.elementwise('AddV2', [eager.elementwise('Log', [sum]), top]);
    return readInt(work.node, 'keepdims', 1) === 1
      ? made
      : eager.reshape(
          made,
          x.dims.filter((_, i) => !axes.includes(i)),
        );
  },
};

const extreme = (key: 'ArgMax' | 'ArgMin'): Operator => ({
  key,
  limits: '`select_last_index` 0',
  refuses: (node) => (readInt(node, 'select_last_index', 0) === 1 ? 'select_last_index 1' : undefined),
  run: ({ node, eager, x }) => {
    const axis = normalizeAxis(readInt(node, 'axis', 0), x(0).rank);
    const found = eager.op(key, [x(0), eager.int32([axis], [])]);
    return readInt(node, 'keepdims', 1) === 1
      ? eager.op('ExpandDims', [found, eager.int32([axis], [])])
      : found;
  },
});

export const reductions: readonly Operator[] = [
  reduction('ReduceSum', 'Sum'),
  reduction('ReduceMean', 'Mean'),
  reduction('ReduceMax', 'Max'),
  reduction('ReduceMin', 'Min'),
  reduction('ReduceProd', 'Prod'),
  reduction('ReduceL1', 'Sum', { before: unary('Abs') }),
  reduction('ReduceL2', 'Sum', { before: squared, after: unary('Sqrt') }),
  reduction('ReduceSumSquare', 'Sum', { before: squared }),
  reduction('ReduceLogSum', 'Sum', { after: unary('Log') }),
  logSumExp,
  extreme('ArgMax'),
  extreme('ArgMin'),
  {
    key: 'CumSum',
    run: ({ node, eager, x }) =>
      eager.op(
        'Cumsum',
        [x(0), x(1)],
        [
          ...flag('exclusive', readInt(node, 'exclusive', 0) === 1),
          ...flag('reverse', readInt(node, 'reverse', 0) === 1),
        ],
      ),
  },
  {
    key: 'TopK',
    run: ({ node, eager, x }) => {
      const axis = normalizeAxis(readInt(node, 'axis', -1), x(0).rank);
      const [order, smallest] = [
        x(0).dims.map((_, i) => (i === x(0).rank - 1 ? axis : i === axis ? x(0).rank - 1 : i)),
        readInt(node, 'largest', 1) === 0,
      ];
      const turn = (t: Tensor): Tensor =>
        axis === t.rank - 1 ? t : eager.op('Transpose', [t, eager.ints(order)]);
      const sign = (t: Tensor): Tensor => (smallest ? eager.op('Neg', [t]) : t);
      const [values, places] = eager.ops(
        'TopKV2',
        [turn(sign(x(0))), eager.int32(x(1).values().slice(0, 1), [])],
        type('index_type', 'int64'),
        2,
      ) as [Tensor, Tensor];
      return [sign(turn(values)), turn(places)];
    },
  },
];
