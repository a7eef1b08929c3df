import { readInt, readInts, readText } from '@noema/autodiff';
import type { Node } from '@noema/onnx';
import { type Eager, int, ints, type NativeAttributes, text } from '../eager.js';
import type { Operator } from '../operator.js';
import { channelsLast, type Order, type Tensor } from '../tensor.js';
import { computeWalk, type Walk } from './geometry.js';
import { concat, cut } from './slices.js';

/** Axis order of kernels: [to, from, …] is stored as [… , from, to], as TensorFlow requires. */
const kernelOrder = (rank: number): Order => [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];

/** Two positions' axes are padded by the convolution itself; three before it. */
function walking({ strides, dilations, before, after }: Walk): NativeAttributes {
  const isPadded = [...before, ...after].some((pad) => pad !== 0);
  return [
    ...ints('strides', [1, ...strides, 1]),
    ...ints('dilations', [1, ...dilations, 1]),
    ...text('padding', isPadded ? 'EXPLICIT' : 'VALID'),
    ...(isPadded
      ? ints('explicit_paddings', [0, 0, ...before.flatMap((pad, i) => [pad, after[i]!]), 0, 0])
      : []),
  ];
}

/** One positions' axis is a plane with one row. */
const asPlane = (eager: Eager, x: Tensor): Tensor =>
  x.rank === 3 ? eager.reshape(x, [x.dims[0]!, x.dims[1]!, 1, x.dims[2]!]) : x;
const onPlane = (walk: Walk): Walk =>
  walk.kernel.length > 1
    ? walk
    : {
        kernel: [1, ...walk.kernel],
        strides: [1, ...walk.strides],
        dilations: [1, ...walk.dilations],
        before: [0, ...walk.before],
        after: [0, ...walk.after],
      };
const asSeries = (eager: Eager, y: Tensor, rank: number): Tensor =>
  rank === 3 ? eager.reshape(y, [y.dims[0]!, y.dims[1]!, y.dims[3]!]) : y;

const conv: Operator = {
  key: 'Conv',
  run: ({ node, eager, inputs, x }) => {
    const walk = onPlane(computeWalk(node, x(0).dims.slice(2), x(1).dims.slice(2)));
    const [maps, kernel] = [asPlane(eager, x(0)), asPlane(eager, x(1))];
    const made =
      maps.rank === 5
        ? volumes(eager, node, { maps, kernel, walk })
        : eager.ordered(
            'Conv2D',
            [maps.id(channelsLast(4)), kernel.id(kernelOrder(4))],
            channelsLast(4),
            walking(walk),
          );
    return asSeries(eager, biased(eager, made, inputs[2]), x(0).rank);
  },
};

function biased(eager: Eager, maps: Tensor, bias: Tensor | undefined): Tensor {
  if (bias === undefined) return maps;
  const order = channelsLast(maps.rank);
  return eager.ordered('BiasAdd', [maps.id(order), bias.id()], order);
}

interface Parts {
  readonly maps: Tensor;
  readonly kernel: Tensor;
  readonly walk: Walk;
}

/**
 * TensorFlow's processor kernels of three positions' axes know no groups, dilations and paddings in numbers:
 * kernels are spread, maps padded, groups done one by one.
 */
function volumes(eager: Eager, node: Node, { maps, kernel, walk }: Parts): Tensor {
  const wide = spread(eager, kernel, walk.dilations);
  const padded = eager.op('Pad', [
    maps,
    eager.ints([0, 0, 0, 0, ...walk.before.flatMap((pad, i) => [pad, walk.after[i]!])], [5, 2]),
  ]);
  const order = channelsLast(5);
  const one = (m: Tensor, k: Tensor): Tensor =>
    eager.ordered('Conv3D', [m.id(order), k.id(kernelOrder(5))], order, [
      ...ints('strides', [1, ...walk.strides, 1]),
      ...text('padding', 'VALID'),
    ]);
  return grouped(eager, readInt(node, 'group', 1), { maps: padded, kernel: wide }, one);
}

/** The groups of maps, each by its part of the kernels, one behind another. */
function grouped(
  eager: Eager,
  group: number,
  { maps, kernel }: Omit<Parts, 'walk'>,
  one: (maps: Tensor, kernel: Tensor) => Tensor,
): Tensor {
  if (group === 1) return one(maps, kernel);
  const split = (x: Tensor, axis: number): Tensor[] =>
    eager.ops('Split', [eager.int32([axis], []), x], int('num_split', group), group);
  const kernels = split(kernel, 0);
  return concat(
    { eager },
    split(maps, 1).map((part, i) => one(part, kernels[i]!)),
    1,
  );
}

/** A kernel with zeros between its elements. */
function spread(eager: Eager, kernel: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce<Tensor>((wide, dilation, i) => {
    if (dilation === 1) return wide;
    const axis = i + 2;
    const dims = wide.dims;
    const apart = eager.reshape(wide, [...dims.slice(0, axis + 1), 1, ...dims.slice(axis + 1)]);
    const padded = eager.op('Pad', [
      apart,
      eager.ints(
        apart.dims.flatMap((_, j) => (j === axis + 1 ? [0, dilation - 1] : [0, 0])),
        [apart.rank, 2],
      ),
    ]);
    const joined = eager.reshape(
      padded,
      dims.map((dim, j) => (j === axis ? dim * dilation : dim)),
    );
    return cut(
      { eager },
      joined,
      dims.map(() => 0),
      dims.map((_, j) => (j === axis ? dilation - 1 : 0)),
    );
  }, kernel);
}

/** The input gradient of a convolution, which is a TensorFlow operator. */
const convTranspose: Operator = {
  key: 'ConvTranspose',
  limits: 'not with `output_shape` or `auto_pad`',
  refuses: (node) =>
    node.attributes['output_shape'] !== undefined
      ? 'output_shape'
      : readText(node, 'auto_pad', 'NOTSET').startsWith('SAME')
        ? 'auto_pad'
        : undefined,
  run: ({ node, eager, inputs, x }) => {
    const flat = computeWalk(node, x(0).dims.slice(2), x(1).dims.slice(2));
    const walk = onPlane(flat);
    const extra = readInts(node, 'output_padding') ?? flat.kernel.map(() => 0);
    const [maps, kernel] = [asPlane(eager, x(0)), spread(eager, asPlane(eager, x(1)), walk.dilations)];
    const more = maps.rank - 2 === extra.length ? extra : [0, ...extra];
    const sizes = maps.dims
      .slice(2)
      .map((size, i) => (size - 1) * walk.strides[i]! + kernel.dims[i + 2]! + more[i]!);
    const order = channelsLast(maps.rank);
    const attributes = [...ints('strides', [1, ...walk.strides, 1]), ...text('padding', 'VALID')];
    const name = maps.rank === 4 ? 'Conv2DBackpropInput' : 'Conv3DBackpropInputV2';
    const one = (m: Tensor, k: Tensor): Tensor =>
      eager.ordered(
        name,
        [eager.int32([m.dims[0]!, ...sizes, k.dims[1]!]).id(), k.id(kernelOrder(k.rank)), m.id(order)],
        order,
        attributes,
      );
    const whole = grouped(eager, readInt(node, 'group', 1), { maps, kernel }, one);
    return asSeries(eager, biased(eager, cutPositions(eager, whole, walk), inputs[2]), x(0).rank);
  },
};

/** Removes the positions that a convolution's padding added, in the axis order of the maps. */
function cutPositions(eager: Eager, maps: Tensor, { before, after }: Walk): Tensor {
  if ([...before, ...after].every((pad) => pad === 0)) return maps;
  const order = channelsLast(maps.rank);
  const sizes = [
    maps.dims[0]!,
    ...maps.dims.slice(2).map((size, i) => size - before[i]! - after[i]!),
    maps.dims[1]!,
  ];
  return eager.ordered(
    'Slice',
    [maps.id(order), eager.int32([0, ...before, 0]).id(), eager.int32(sizes).id()],
    order,
  );
}

/**
 * The kernel gradient. Inputs are the maps and the output gradient. Without `kernel_shape` its windows start
 * at every position.
 */
const kernelGradient: Operator = {
  key: 'tensorflow:ConvKernelGradient',
  run: ({ node, eager, x }) => {
    const [maps, gradient] = [x(0), x(1)];
    const [top, left, bottom, right] = readInts(node, 'pads') as [number, number, number, number];
    const kernel = readInts(node, 'kernel_shape') ?? [
      maps.dims[2]! + top + bottom - gradient.dims[2]! + 1,
      maps.dims[3]! + left + right - gradient.dims[3]! + 1,
    ];
    const walk = computeWalk(node, maps.dims.slice(2), kernel);
    const order = channelsLast(4);
    const sizes = eager.int32([...kernel, maps.dims[1]!, gradient.dims[1]!]);
    return eager.ordered(
      'Conv2DBackpropFilter',
      [maps.id(order), sizes.id(), gradient.id(order)],
      kernelOrder(4),
      walking(walk),
    );
  },
};

export const convolutions: readonly Operator[] = [conv, convTranspose, kernelGradient];
