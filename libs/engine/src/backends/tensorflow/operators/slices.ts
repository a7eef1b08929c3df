import { readInt, readInts, readText } from '@noema/autodiff';
import { int, text, type } from '../eager.js';
import type { Operator, Work } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis } from './axes.js';

/** Parts of tensors, and tensors put together. */
export const slices: readonly Operator[] = [
  {
    key: 'Slice',
    run: ({ node, eager, inputs, x }) => {
      const of = x(0);
      const [starts, ends] = [
        inputs[1]?.values() ?? readInts(node, 'starts') ?? [],
        inputs[2]?.values() ?? readInts(node, 'ends') ?? [],
      ];
      const axes = (inputs[3]?.values() ?? readInts(node, 'axes') ?? starts.map((_, i) => i)).map((axis) =>
        normalizeAxis(axis, of.rank),
      );
      const steps = inputs[4]?.values() ?? starts.map(() => 1);
      const [begin, end, stride] = [of.dims.map(() => 0), [...of.dims], of.dims.map(() => 1)];
      // A backward slice may end before the first element. TensorFlow expresses that by a mask.
      let toTheEnd = 0;
      axes.forEach((axis, i) => {
        const [size, step] = [of.dims[axis]!, steps[i]!];
        const clamp = (at: number, least: number, most: number): number =>
          Math.min(Math.max(at < 0 ? at + size : at, least), most);
        begin[axis] = step > 0 ? clamp(starts[i]!, 0, size) : clamp(starts[i]!, 0, size - 1);
        end[axis] = step > 0 ? clamp(ends[i]!, 0, size) : clamp(ends[i]!, -1, size - 1);
        stride[axis] = step;
        if (end[axis] === -1) toTheEnd |= 1 << axis;
      });
      return eager.op(
        'StridedSlice',
        [of, eager.ints(begin), eager.ints(end), eager.ints(stride)],
        int('end_mask', toTheEnd),
      );
    },
  },
  {
    key: 'Concat',
    run: ({ node, inputs, x, ...work }) =>
      concat(
        work,
        inputs.map((_, i) => x(i)),
        normalizeAxis(readInt(node, 'axis', 0), x(0).rank),
      ),
  },
  {
    key: 'Split',
    run: ({ node, eager, inputs, x }) => {
      const axis = normalizeAxis(readInt(node, 'axis', 0), x(0).rank);
      const count = node.outputs.length;
      const size = x(0).dims[axis]!;
      const part = Math.ceil(size / count);
      const sizes =
        inputs[1]?.values() ??
        readInts(node, 'split') ??
        Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
      return eager.ops(
        'SplitV',
        [x(0), eager.ints(sizes), eager.int32([axis], [])],
        int('num_split', count),
        count,
      );
    },
  },
  {
    key: 'Pad',
    limits: 'not with `mode` wrap',
    refuses: (node) =>
      ['constant', 'reflect', 'edge'].includes(readText(node, 'mode', 'constant'))
        ? undefined
        : `mode ${readText(node, 'mode', '')}`,
    run: (work) => {
      const { node, eager, inputs, x } = work;
      const given = inputs[1]?.values() ?? readInts(node, 'pads') ?? [];
      const axes =
        inputs[3]?.values().map((axis) => normalizeAxis(axis, x(0).rank)) ?? x(0).dims.map((_, i) => i);
      const [before, after] = [x(0).dims.map(() => 0), x(0).dims.map(() => 0)];
      axes.forEach((axis, i) => {
        [before[axis], after[axis]] = [given[i]!, given[i + axes.length]!];
      });
      const inside = cut(
        work,
        x(0),
        before.map((pad) => Math.max(0, -pad)),
        after.map((pad) => Math.max(0, -pad)),
      );
      const pads = eager.ints(
        before.flatMap((pad, i) => [Math.max(0, pad), Math.max(0, after[i]!)]),
        [x(0).rank, 2],
      );
      const mode = readText(node, 'mode', 'constant');
      if (mode === 'reflect') return eager.op('MirrorPad', [inside, pads], text('mode', 'REFLECT'));
      if (mode === 'edge') return edges(work, inside, before, after);
      const value = inputs[2];
      return eager.op('PadV2', [
        inside,
        pads,
        value === undefined ? eager.scalar(0, inside) : value.rank === 0 ? value : eager.reshape(value, []),
      ]);
    },
  },
];

/** The tensors one behind another along an axis. */
export function concat({ eager }: Pick<Work, 'eager'>, parts: readonly Tensor[], axis: number): Tensor {
  if (parts.length === 1) return parts[0]!;
  return eager.op(
    'ConcatV2',
    [...parts, eager.int32([axis], [])],
    [...int('N', parts.length), ...type('T', parts[0]!.dataType), ...type('Tidx', 'int32')],
  );
}

/** Crops the given number of elements at both ends of every axis. */
export function cut(
  { eager }: Pick<Work, 'eager'>,
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
): Tensor {
  if ([...before, ...after].every((count) => count === 0)) return x;
  return eager.op('Slice', [
    x,
    eager.ints(before),
    eager.ints(x.dims.map((dim, i) => Math.max(0, dim - before[i]! - after[i]!))),
  ]);
}

/** The outermost elements repeated. */
function edges({ eager }: Work, x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  return x.dims.reduce<Tensor>((padded, size, axis) => {
    const [front, back] = [Math.max(0, before[axis]!), Math.max(0, after[axis]!)];
    if (front + back === 0) return padded;
    const places = Array.from({ length: front + size + back }, (_, i) =>
      Math.min(Math.max(i - front, 0), size - 1),
    );
    return eager.op('GatherV2', [padded, eager.ints(places), eager.int32([axis], [])]);
  }, x);
}
