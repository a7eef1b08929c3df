import { formUnsupported } from '../graph.errors.js';
import type { GraphNode } from '../graph-def.js';
import { fixedNumber, fixedNumbers, type GraphWriter, knownNumbers, toAxis } from '../graph.writer.js';
import { areFixed, BATCH, divide, isFixed, isSameSize, multiply, type Size, toDim } from '../sizes.js';
import type { Value } from '../value.js';
import type { OperatorTable, Translate } from './operator.js';

/** The same numbers under other sizes. */
function reshaped(node: GraphNode, x: Value, dims: readonly Size[], write: GraphWriter): Value {
  const { numbers, dataType } = x;
  if (numbers !== undefined) return { dims, dataType, numbers };
  if (dims.length === x.dims.length && dims.every((size, i) => isSameSize(size, x.dims[i]!))) return x;
  if (x.constant !== undefined && areFixed(dims)) return { ...x, dims, constant: { ...x.constant, dims } };
  const open = dims.filter((size) => !isFixed(size)).length;
  if (open > 1) throw formUnsupported(node, 'makes a tensor with two batches');
  const target = dims.map((size) => (isFixed(size) ? size : -1));
  return write.made('Reshape', [write.last(x), write.ints(target)], { dims, dataType });
}

/** Target of a reshaping, with the size that −1 stands for; a single sample stands for a batch. */
const reshape: Translate = (node, [x, shape], write) => {
  const target = shape?.numbers;
  if (target === undefined) throw formUnsupported(node, 'takes its size from the data');
  const whole = multiply(x!.dims);
  const fixed = multiply(target.filter((size) => size !== -1));
  const rest = divide(whole, fixed);
  const isOpen = target.includes(-1);
  if (isOpen && rest !== undefined)
    return reshaped(
      node,
      x!,
      target.map((size) => (size === -1 ? rest : size)).map(asBatch(x!, write)),
      write,
    );
  if (!isOpen && whole !== undefined && fixed !== undefined && isSameSize(whole, fixed))
    return reshaped(node, x!, target, write);
  // A file with a fixed batch of one names one sample where there are several.
  if (write.isSingle && target[0] === 1 && rest !== undefined && !isFixed(rest) && rest.perSample === 1)
    return reshaped(node, x!, [BATCH, ...target.slice(1).map((size) => (size === -1 ? 1 : size))], write);
  throw formUnsupported(node, `makes [${target.map(toDim).join(', ')}] of sizes that do not fit`);
};

const asBatch =
  (x: Value, { isSingle }: GraphWriter) =>
  (size: Size, axis: number, all: readonly Size[]): Size => {
    const [first] = all;
    const open = all.find((one) => !isFixed(one));
    const isMoved = isSingle && first === 1 && open !== undefined && !isFixed(x.dims[0]!);
    if (!isMoved) return size;
    // [1, −1, …] of one sample: the batch is the first axis, and −1 the numbers of a sample.
    if (axis === 0) return BATCH;
    return isFixed(size) ? size : size.perSample;
  };

const squeeze: Translate = (node, [x], write) => {
  const { dims } = x!;
  const named = [...node.attributes.ints('squeeze_dims'), ...node.attributes.ints('axis')];
  const axes = named.length > 0 ? named.map((axis) => toAxis(node, axis, dims.length)) : undefined;
  const isDropped = (size: Size, axis: number): boolean => axes?.includes(axis) ?? size === 1;
  if (dims.some((size, axis) => isDropped(size, axis) && size !== 1))
    throw formUnsupported(node, 'removes the axis of the samples, or one that is not 1');
  return reshaped(
    node,
    x!,
    dims.filter((size, axis) => !isDropped(size, axis)),
    write,
  );
};

const expandDims: Translate = (node, [x, axis], write) => {
  const at = toAxis(node, fixedNumber(node, axis, 'axis'), x!.dims.length + 1);
  return reshaped(node, x!, x!.dims.toSpliced(at, 0, 1), write);
};

const pack: Translate = (node, inputs, write) => {
  const axis = toAxis(node, node.attributes.int('axis', 0), inputs[0]!.dims.length + 1);
  const isKnown = inputs.every(({ numbers, dims }) => numbers?.length === 1 && dims.length === 0);
  if (isKnown) return knownNumbers(inputs.flatMap(({ numbers }) => numbers!));
  const parts = inputs.map((x) => reshaped(node, x, x.dims.toSpliced(axis, 0, 1), write));
  return joined(node, parts, axis, write);
};

const unpack: Translate = (node, [x], write) => {
  const axis = toAxis(node, node.attributes.int('axis', 0), x!.dims.length);
  const { dims, numbers, dataType } = x!;
  const count = dims[axis]!;
  if (!isFixed(count)) throw formUnsupported(node, 'takes the samples of a batch apart');
  const rest = dims.toSpliced(axis, 1);
  if (numbers !== undefined && dims.length === 1)
    return numbers.map((number) => ({ dims: [], dataType, numbers: [number] }));
  return Array.from({ length: count }, (_, i) =>
    write.made('Gather', [write.last(x!), write.ints([i], [])], { dims: rest, dataType }, { axis }),
  );
};

/** Joins values along an axis, channels first where one of them is. */
export function joined(node: GraphNode, values: readonly Value[], axis: number, write: GraphWriter): Value {
  const total: readonly Size[] = values.map(({ dims }) => dims[axis]!);
  const [first] = values;
  if (!areFixed(total)) throw formUnsupported(node, 'joins samples');
  const dims = first!.dims.with(
    axis,
    total.reduce((sum, size) => sum + size, 0),
  );
  if (values.every(({ numbers }) => numbers !== undefined) && dims.length === 1)
    return knownNumbers(values.flatMap(({ numbers }) => numbers!));
  const isChannelsFirst = values.some((value) => value.isChannelsFirst === true);
  return write.made(
    'Concat',
    values.map((value) => (isChannelsFirst ? write.first(value) : write.last(value))),
    { dims, dataType: first!.dataType, isChannelsFirst },
    { axis: isChannelsFirst ? [0, 2, 3, 1][axis]! : axis },
  );
}

const concat =
  (isAxisFirst: boolean): Translate =>
  (node, inputs, write) => {
    const values = isAxisFirst ? inputs.slice(1) : inputs.slice(0, -1);
    const axis = fixedNumber(node, isAxisFirst ? inputs[0] : inputs.at(-1), 'axis');
    return joined(node, values, toAxis(node, axis, values[0]!.dims.length), write);
  };

function divided(
  node: GraphNode,
  x: Value,
  axis: number,
  sizes: readonly number[],
  write: GraphWriter,
): Value[] {
  const { dataType, isChannelsFirst = false } = x;
  const to = isChannelsFirst ? [0, 2, 3, 1][axis]! : axis;
  if (!isFixed(x.dims[axis]!)) throw formUnsupported(node, 'takes the samples of a batch apart');
  const tensors = write.builder.ops(
    'Split',
    [write.written(x), write.ints(sizes)],
    { axis: to },
    sizes.length,
  );
  return tensors.map((tensor, i) => ({
    dims: x.dims.with(axis, sizes[i]!),
    dataType,
    tensor,
    isChannelsFirst,
  }));
}

const split: Translate = (node, [axisValue, x], write) => {
  const axis = toAxis(node, fixedNumber(node, axisValue, 'axis'), x!.dims.length);
  const count = node.attributes.int('num_split', 1);
  const size = Number(x!.dims[axis]) / count;
  return divided(
    node,
    x!,
    axis,
    Array.from({ length: count }, () => size),
    write,
  );
};

const splitV: Translate = (node, [x, sizeValue, axisValue], write) => {
  const axis = toAxis(node, fixedNumber(node, axisValue, 'axis'), x!.dims.length);
  const sizes = fixedNumbers(node, sizeValue, 'sizes');
  const rest = Number(x!.dims[axis]) - sizes.filter((size) => size >= 0).reduce((a, b) => a + b, 0);
  return divided(
    node,
    x!,
    axis,
    sizes.map((size) => (size < 0 ? rest : size)),
    write,
  );
};

const transpose: Translate = (node, [x, order], write) => {
  const perm = fixedNumbers(node, order, 'order of axes');
  const dims = perm.map((axis) => x!.dims[axis]!);
  return write.made('Transpose', [write.last(x!)], { dims, dataType: x!.dataType }, { perm });
};

const tile: Translate = (node, [x, times], write) => {
  const repeats = times?.numbers;
  if (repeats === undefined) throw formUnsupported(node, 'takes its size from the data');
  const dims = x!.dims.map((size, i) => multiply([size, repeats[i]!]));
  if (!dims.every((size) => size !== undefined)) throw formUnsupported(node, 'makes two batches of one');
  const { dataType } = x!;
  return write.made('Tile', [write.last(x!), write.sizeList(repeats)], { dims, dataType });
};

function expanded(x: Value, dims: readonly Size[], write: GraphWriter): Value {
  return write.made('Expand', [write.last(x), write.sizeList(dims)], { dims, dataType: x.dataType });
}

const fill: Translate = (node, [shape, x], write) => {
  const dims = shape?.numbers;
  if (dims === undefined) throw formUnsupported(node, 'takes its size from the data');
  if (x!.numbers?.length === 1 && areFixed(dims) && dims.length <= 1)
    return knownNumbers(
      Array.from({ length: dims[0] ?? 1 }, () => x!.numbers![0]!),
      dims,
    );
  return expanded(x!, dims, write);
};

const shape: Translate = (_, [x]) => knownNumbers(x!.dims);

/** Sizes and their order; results that depend on sizes alone are known at the import. */
export const shapes: OperatorTable = {
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Shape: shape,
  Size: (_, [x]) => {
    const size = multiply(x!.dims);
    return size === undefined ? { dims: [], dataType: 'int64' } : { ...knownNumbers([size]), dims: [] };
  },
  Rank: (_, [x]) => ({ ...knownNumbers([x!.dims.length]), dims: [] }),
  Pack: pack,
  Unpack: unpack,
  Concat: concat(true),
  ConcatV2: concat(false),
  Split: split,
  SplitV: splitV,
  Transpose: transpose,
  Tile: tile,
  Fill: fill,
  BroadcastTo: (node, [x, target], write) => fill(node, [target!, x!], write),
  ZerosLike: (_, [x], write) => filledLike(x!, 0, write),
  OnesLike: (_, [x], write) => filledLike(x!, 1, write),
};

function filledLike(x: Value, value: number, write: GraphWriter): Value {
  if (x.dataType !== 'float32' && areFixed(x.dims))
    return knownNumbers(
      Array.from({ length: x.dims.reduce<number>((a, b) => a * Number(b), 1) }, () => value),
      x.dims,
    );
  return expanded({ dims: [], dataType: 'float32', tensor: write.scalar(value) }, x.dims, write);
}
