import { readFloat, readInt, readInts } from '@noema/autodiff';
import { type Eager, flag, int, ints, type NativeAttributes, real, text } from '../eager.js';
import type { Operator, Work } from '../operator.js';
import { channelsLast, type Tensor } from '../tensor.js';
import { computeWalk, type Walk } from './geometry.js';
import { reduce } from './reductions.js';

/** Maps of one positions' axis lie on a plane with one row, the pool's window too. */
interface Pooled {
  readonly maps: Tensor;
  readonly walk: Walk;
  /** Gives what was computed the rank of the input again. */
  readonly back: (y: Tensor) => Tensor;
}

function pooled({ node, eager, x }: Work): Pooled {
  const rank = x(0).rank;
  const walk = computeWalk(node, x(0).dims.slice(2), readInts(node, 'kernel_shape') ?? []);
  if (rank > 3) return { maps: x(0), walk, back: (y) => y };
  return {
    maps: onPlane(eager, x(0)),
    walk: {
      kernel: [1, ...walk.kernel],
      strides: [1, ...walk.strides],
      dilations: [1, ...walk.dilations],
      before: [0, ...walk.before],
      after: [0, ...walk.after],
    },
    back: (y) => eager.reshape(y, [y.dims[0]!, y.dims[1]!, y.dims[3]!]),
  };
}

const onPlane = (eager: Eager, x: Tensor): Tensor =>
  x.rank === 3 ? eager.reshape(x, [x.dims[0]!, x.dims[1]!, 1, x.dims[2]!]) : x;

const windows = ({ kernel, strides }: Walk): NativeAttributes => [
  ...ints('ksize', [1, ...kernel, 1]),
  ...ints('strides', [1, ...strides, 1]),
  ...text('padding', 'VALID'),
];

/** Maps with a border of one value, channels last. */
function bordered(eager: Eager, maps: Tensor, { before, after }: Walk, value: number): Tensor {
  if ([...before, ...after].every((pad) => pad === 0)) return maps;
  const order = channelsLast(maps.rank);
  const pads = eager.int32([0, 0, ...before.flatMap((pad, i) => [pad, after[i]!]), 0, 0], [maps.rank, 2]);
  return eager.ordered('PadV2', [maps.id(order), pads.id(), eager.scalar(value, maps).id()], order);
}

function pool(eager: Eager, kind: 'MaxPool' | 'AvgPool', maps: Tensor, walk: Walk): Tensor {
  const order = channelsLast(maps.rank);
  return eager.ordered(maps.rank === 5 ? `${kind}3D` : kind, [maps.id(order)], order, windows(walk));
}

const isDilated = (node: Parameters<NonNullable<Operator['refuses']>>[0]): string | undefined =>
  (readInts(node, 'dilations') ?? []).some((dilation) => dilation !== 1) ? 'dilations' : undefined;

const maxPool: Operator = {
  key: 'MaxPool',
  limits: 'not with `dilations` or `storage_order` 1; places of maxima only in series and planes',
  refuses: (node) =>
    isDilated(node) ?? (readInt(node, 'storage_order', 0) === 1 ? 'storage_order 1' : undefined),
  run: (work) => {
    const { eager, node } = work;
    const { maps, walk, back } = pooled(work);
    const padded = bordered(eager, maps, walk, -Infinity);
    if ((node.outputs[1] ?? '') === '') return back(pool(eager, 'MaxPool', padded, walk));
    if (maps.rank > 4) throw new Error('places of maxima in volumes are not here');
    const [best, numbers] = eager.ops(
      'MaxPoolWithArgmax',
      [turnedLast(eager, padded)],
      [...windows(walk), ...flag('include_batch_in_index', true)],
      2,
    ) as [Tensor, Tensor];
    return [
      back(turnedFirst(eager, best)),
      back(turnedFirst(eager, placesIn(eager, numbers, { padded, maps, walk }))),
    ];
  },
};

const turnedLast = (eager: Eager, x: Tensor): Tensor =>
  eager.op('Transpose', [x, eager.int32(channelsLast(x.rank))]);
const turnedFirst = (eager: Eager, x: Tensor): Tensor =>
  eager.op('Transpose', [
    x,
    eager.int32([0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 1)]),
  ]);

/** TensorFlow numbers the elements of padded channels-last maps, ONNX the elements of the unpadded maps. */
function placesIn(
  eager: Eager,
  numbers: Tensor,
  { padded, maps, walk }: { readonly padded: Tensor; readonly maps: Tensor; readonly walk: Walk },
): Tensor {
  const [, channels, height, width] = padded.dims as [number, number, number, number];
  const whole = (value: number): Tensor => eager.ints([value], []);
  const part = (x: Tensor, size: number): [Tensor, Tensor] => [
    eager.op('FloorDiv', [x, whole(size)]),
    eager.op('FloorMod', [x, whole(size)]),
  ];
  const [pixel, channel] = part(numbers, channels);
  const [row, column] = part(pixel, width);
  const [sample, line] = part(row, height);
  const join = (high: Tensor, size: number, low: Tensor): Tensor =>
    eager.op('AddV2', [eager.op('Mul', [high, whole(size)]), low]);
  const moved = (x: Tensor, by: number): Tensor => (by === 0 ? x : eager.op('Sub', [x, whole(by)]));
  return join(
    join(join(sample, channels, channel), maps.dims[2]!, moved(line, walk.before[0]!)),
    maps.dims[3]!,
    moved(column, walk.before[1]!),
  );
}

/**
 * Every window's gradient goes to its first maximum: inputs are maps, what the pool gave, and the gradient
 * there.
 */
const maxPoolGradient: Operator = {
  key: 'tensorflow:MaxPoolGradient',
  run: (work) => {
    const { eager, x } = work;
    const { maps, walk, back } = pooled(work);
    const order = channelsLast(maps.rank);
    const padded = bordered(eager, maps, walk, -Infinity);
    const [best, gradient] = [onPlane(eager, x(1)), onPlane(eager, x(2))];
    const made = eager.ordered(
      maps.rank === 5 ? 'MaxPool3DGrad' : 'MaxPoolGrad',
      [padded.id(order), best.id(order), gradient.id(order)],
      order,
      windows(walk),
    );
    if (padded === maps) return back(made);
    const sizes = eager.int32(order.map((axis) => maps.dims[axis]!));
    return back(
      eager.ordered('Slice', [made.id(order), eager.int32([0, ...walk.before, 0]).id(), sizes.id()], order),
    );
  },
};

const averagePool: Operator = {
  key: 'AveragePool',
  limits: 'not with `dilations`; `ceil_mode` not with `count_include_pad`',
  refuses: (node) =>
    isDilated(node) ??
    (readInt(node, 'ceil_mode', 0) === 1 && readInt(node, 'count_include_pad', 0) === 1
      ? 'ceil_mode with count_include_pad'
      : undefined),
  run: (work) => {
    const { eager, node } = work;
    const { maps, walk, back } = pooled(work);
    const mean = pool(eager, 'AvgPool', bordered(eager, maps, walk, 0), walk);
    if (
      readInt(node, 'count_include_pad', 0) === 1 ||
      [...walk.before, ...walk.after].every((pad) => pad === 0)
    )
      return back(mean);
    // Divided by the part of each window that lies inside.
    const inside = eager.given({
      dataType: 'float32',
      dims: [1, 1, ...maps.dims.slice(2)],
      data: new Float32Array(maps.dims.slice(2).reduce((a, b) => a * b, 1)).fill(1),
    });
    return back(
      eager.elementwise('RealDiv', [
        mean,
        eager.cast(pool(eager, 'AvgPool', bordered(eager, inside, walk, 0), walk), mean.dataType),
      ]),
    );
  },
};

/** The gradient is put where each window's maximum was. */
const maxUnpool: Operator = {
  key: 'MaxUnpool',
  limits: 'with `output_shape` as an input',
  run: ({ eager, x }) => {
    const dims = x(2).values();
    const put = eager.op('ScatterNd', [
      eager.reshape(x(1), [-1, 1]),
      eager.reshape(x(0), [-1]),
      eager.ints([dims.reduce((a, b) => a * b, 1)]),
    ]);
    return eager.reshape(put, dims);
  },
};

const overPositions = (key: string, kind: 'Mean' | 'Max'): Operator => ({
  key,
  run: (work) =>
    reduce(work, kind, work.x(0), {
      axes: work
        .x(0)
        .dims.map((_, i) => i)
        .slice(2),
      keep: true,
    }),
});

export const pools: readonly Operator[] = [
  maxPool,
  maxPoolGradient,
  averagePool,
  maxUnpool,
  overPositions('GlobalAveragePool', 'Mean'),
  overPositions('GlobalMaxPool', 'Max'),
  {
    key: 'LRN',
    limits: 'planes, `size` odd',
    refuses: (node) => (readInt(node, 'size', 1) % 2 === 0 ? 'an even size' : undefined),
    run: ({ node, eager, x }) => {
      const [order, size] = [channelsLast(4), readInt(node, 'size', 1)];
      return eager.ordered('LRN', [x(0).id(order)], order, [
        ...int('depth_radius', (size - 1) / 2),
        ...real('bias', readFloat(node, 'bias', 1)),
        ...real('alpha', readFloat(node, 'alpha', 0.0001) / size),
        ...real('beta', readFloat(node, 'beta', 0.75)),
      ]);
    },
  },
];
