import { readInt, readInts } from '@noema/autodiff';
import { elementCount, type TensorAttribute, type TensorData } from '@noema/onnx';
import type { Eager } from '../eager.js';
import type { Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis, broadcast } from './axes.js';

/** Operators that make shapes, and give tensors other ones. */
export const shapes: readonly Operator[] = [
  {
    key: 'Shape',
    run: ({ node, eager, x }) =>
      eager.ints(
        x(0).dims.slice(
          readInt(node, 'start', 0),
          node.attributes['end'] === undefined ? undefined : readInt(node, 'end', 0),
        ),
      ),
  },
  { key: 'Size', run: ({ eager, x }) => eager.ints([x(0).size], []) },
  {
    key: 'Reshape',
    run: ({ node, eager, x }) => {
      const asked = x(1).values();
      const dims = asked.map((dim, i) =>
        dim === 0 && readInt(node, 'allowzero', 0) === 0 ? x(0).dims[i]! : dim,
      );
      return eager.reshape(x(0), dims);
    },
  },
  {
    key: 'Flatten',
    run: ({ node, eager, x }) => {
      const axis = normalizeAxis(readInt(node, 'axis', 1), x(0).rank);
      return eager.reshape(x(0), [
        elementCount(x(0).dims.slice(0, axis)),
        elementCount(x(0).dims.slice(axis)),
      ]);
    },
  },
  {
    key: 'Squeeze',
    run: ({ node, eager, inputs, x }) => {
      const axes = (inputs[1]?.values() ?? readInts(node, 'axes'))?.map((axis) =>
        normalizeAxis(axis, x(0).rank),
      );
      return eager.reshape(
        x(0),
        x(0).dims.filter((dim, i) => (axes === undefined ? dim !== 1 : !axes.includes(i))),
      );
    },
  },
  {
    key: 'Unsqueeze',
    run: ({ node, eager, inputs, x }) => {
      const added = inputs[1]?.values() ?? readInts(node, 'axes') ?? [];
      const axes = added.map((axis) => normalizeAxis(axis, x(0).rank + added.length));
      const left = [...x(0).dims];
      return eager.reshape(
        x(0),
        Array.from({ length: x(0).rank + axes.length }, (_, i) => (axes.includes(i) ? 1 : left.shift()!)),
      );
    },
  },
  {
    key: 'Transpose',
    run: ({ node, eager, x }) =>
      eager.op('Transpose', [
        x(0),
        eager.int32(readInts(node, 'perm') ?? x(0).dims.map((_, i) => x(0).rank - 1 - i)),
      ]),
  },
  {
    key: 'Expand',
    run: ({ eager, x }) => eager.op('BroadcastTo', [x(0), eager.ints(broadcast(x(0).dims, x(1).values()))]),
  },
  { key: 'Tile', run: ({ eager, x }) => eager.op('Tile', [x(0), x(1)]) },
  {
    key: 'Constant',
    refuses: (node) => (constantIn(node.attributes) === undefined ? 'a value that is no number' : undefined),
    run: ({ node, eager }) => eager.given(constantIn(node.attributes)!),
  },
  {
    key: 'ConstantOfShape',
    run: ({ node, eager, x }) =>
      filled(
        eager,
        x(0).values(),
        (node.attributes['value'] as TensorAttribute | undefined)?.tensor ?? {
          dataType: 'float32',
          dims: [1],
          data: Float32Array.of(0),
        },
      ),
  },
  {
    key: 'Range',
    run: ({ eager, x }) => eager.op('Range', [scalar(eager, x(0)), scalar(eager, x(1)), scalar(eager, x(2))]),
  },
];

const filled = (eager: Eager, dims: readonly number[], { dataType, data }: TensorData): Tensor =>
  eager.op('Fill', [eager.ints(dims), eager.given({ dataType, dims: [], data })]);

const scalar = (eager: Eager, x: Tensor): Tensor => (x.rank === 0 ? x : eager.reshape(x, []));

/** The tensor that a Constant holds, in one of its ways to write it. */
function constantIn(attributes: Readonly<Record<string, unknown>>): TensorData | undefined {
  const {
    value,
    value_float: one,
    value_floats: many,
    value_int: whole,
    value_ints: wholes,
  } = attributes as {
    readonly value?: TensorAttribute;
    readonly value_float?: { readonly float: number };
    readonly value_floats?: { readonly floats: readonly number[] };
    readonly value_int?: number;
    readonly value_ints?: readonly number[];
  };
  if (value !== undefined) return value.tensor;
  if (one !== undefined) return { dataType: 'float32', dims: [], data: Float32Array.of(one.float) };
  if (many !== undefined)
    return { dataType: 'float32', dims: [many.floats.length], data: Float32Array.from(many.floats) };
  if (whole !== undefined) return { dataType: 'int64', dims: [], data: BigInt64Array.of(BigInt(whole)) };
  return wholes === undefined
    ? undefined
    : { dataType: 'int64', dims: [wholes.length], data: BigInt64Array.from(wholes, BigInt) };
}
