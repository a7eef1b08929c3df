import { float32, int64 } from '@noema/onnx';
import { formUnsupported } from '../graph.errors.js';
import type { GraphNode } from '../graph-def.js';
import { fixedNumber, fixedNumbers, type GraphWriter, knownNumbers, toAxis } from '../graph.writer.js';
import { areFixed, isFixed, isSameSize, type Size } from '../sizes.js';
import type { Value } from '../value.js';
import { layerName } from './layer-name.js';
import type { OperatorTable, Translate } from './operator.js';

const INT64 = 7;
const FLOAT = 1;
const BOOL = 9;
const INTS: ReadonlySet<string> = new Set(['DT_INT32', 'DT_INT64', 'DT_UINT8', 'DT_INT8', 'DT_INT16']);
const FLOATS: ReadonlySet<string> = new Set(['DT_FLOAT', 'DT_DOUBLE', 'DT_HALF', 'DT_BFLOAT16']);

/** One axis of a slice: every `step`-th index from `start`, `count` of them. */
interface AxisSlice {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

const isBit = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;

/** Whether a count is all of an axis of the batch in a file that fixes its batch to one sample. */
const isOneSample = ({ isSingle }: GraphWriter, size: Size, count: Size): boolean =>
  isSingle && !isFixed(size) && count === size.perSample;

/** Takes parts along axes; axes that are whole stay untouched, as the one of the samples must. */
function sliced(node: GraphNode, x: Value, parts: ReadonlyMap<number, AxisSlice>, write: GraphWriter): Value {
  const { dims, dataType, numbers } = x;
  const cut = [...parts].filter(
    ([axis, { start, count, step }]) => start !== 0 || step !== 1 || count !== dims[axis],
  );
  const to = dims.map((size, axis) => parts.get(axis)?.count ?? size);
  if (cut.length === 0) return x;
  if (numbers !== undefined && dims.length === 1) {
    const [[, { start, count, step }]] = cut as [[number, AxisSlice]];
    return {
      dims: to,
      dataType,
      numbers: Array.from({ length: count }, (_, i) => numbers[start + i * step]!),
    };
  }
  if (cut.some(([axis]) => !isFixed(dims[axis]!)))
    throw formUnsupported(node, 'takes single samples of a batch');
  const ends = cut.map(([, { start, count, step }]) => {
    const end = start + count * step;
    // Before the first index, a negative end counts from the back.
    return end < 0 ? -Number.MAX_SAFE_INTEGER : end;
  });
  return write.made(
    'Slice',
    [
      write.last(x),
      write.ints(cut.map(([, { start }]) => start)),
      write.ints(ends),
      write.ints(cut.map(([axis]) => axis)),
      write.ints(cut.map(([, { step }]) => step)),
    ],
    { dims: to, dataType },
  );
}

/** The rules of `tf.strided_slice` with its five masks. */
const stridedSlice: Translate = (node, [x, beginValue, endValue, stepValue], write) => {
  const [begins, ends, steps] = [beginValue, endValue, stepValue].map((value, i) =>
    fixedNumbers(node, value, ['begin', 'end', 'step'][i]!),
  ) as [number[], number[], number[]];
  const mask = (name: string): number => node.attributes.int(name, 0);
  const [begin, end, ellipsis, fresh, shrink] = [
    'begin_mask',
    'end_mask',
    'ellipsis_mask',
    'new_axis_mask',
    'shrink_axis_mask',
  ].map(mask) as [number, number, number, number, number];
  const own = begins.filter((_, i) => !isBit(ellipsis, i) && !isBit(fresh, i)).length;
  const parts = new Map<number, AxisSlice>();
  /** Axes of the result: an axis of the input, a new one, or none for a single index. */
  const result: ('new' | number)[] = [];
  let axis = 0;
  for (let i = 0; i < begins.length; i++) {
    if (isBit(ellipsis, i)) {
      const from = x!.dims.length - own + begins.slice(0, i).filter((_, j) => !isBit(fresh, j)).length;
      while (axis < from) result.push(axis++);
      continue;
    }
    if (isBit(fresh, i)) {
      result.push('new');
      continue;
    }
    const size = x!.dims[axis];
    if (size === undefined) throw formUnsupported(node, 'has more indices than axes');
    const isSingle = isBit(shrink, i);
    const isWhole = !isSingle && isBit(begin, i) && isBit(end, i) && steps[i] === 1;
    const isFirstOfOne = begins[i] === 0 && isOneSample(write, size, ends[i]!) && !isSingle;
    if (!isWhole && !isFirstOfOne) {
      if (!isFixed(size)) throw formUnsupported(node, 'takes single samples of a batch');
      const index = begins[i]! < 0 ? begins[i]! + size : begins[i]!;
      if (isSingle && (index < 0 || index >= size))
        throw formUnsupported(node, `takes the index ${begins[i]} of ${size}`);
      parts.set(
        axis,
        isSingle
          ? { start: index, count: 1, step: 1 }
          : axisSlice(size, steps[i]!, {
              begin: isBit(begin, i) ? undefined : begins[i]!,
              end: isBit(end, i) ? undefined : ends[i]!,
            }),
      );
    }
    if (!isSingle) result.push(axis);
    axis++;
  }
  while (axis < x!.dims.length) result.push(axis++);
  const taken = sliced(node, x!, parts, write);
  const dims = result.map((one): Size => (one === 'new' ? 1 : taken.dims[one]!));
  if (result.length === x!.dims.length && result.every((one, i) => one === i)) return taken;
  if (taken.numbers !== undefined) return { dims, dataType: taken.dataType, numbers: taken.numbers };
  const target = dims.map((size) => (isFixed(size) ? size : -1));
  return write.made('Reshape', [write.last(taken), write.ints(target)], { dims, dataType: taken.dataType });
};

function axisSlice(
  size: number,
  step: number,
  { begin, end }: { readonly begin: number | undefined; readonly end: number | undefined },
): AxisSlice {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const start = begin === undefined ? (step > 0 ? low : high) : clamp(begin);
  const stop = end === undefined ? (step > 0 ? high : low) : clamp(end);
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) };
}

const slice: Translate = (node, [x, beginValue, sizeValue], write) => {
  const begins = fixedNumbers(node, beginValue, 'begin');
  const sizes = sizeValue?.numbers;
  if (sizes === undefined) throw formUnsupported(node, 'takes its size from the data');
  const parts = new Map<number, AxisSlice>();
  x!.dims.forEach((size, axis) => {
    const [start, wanted] = [begins[axis] ?? 0, sizes[axis] ?? -1];
    if (isFixed(size) && isFixed(wanted)) {
      const count = wanted === -1 ? size - start : wanted;
      if (start < 0 || count < 0 || start + count > size)
        throw formUnsupported(node, `takes ${wanted} from ${start} of ${size}`);
      parts.set(axis, { start, count, step: 1 });
      return;
    }
    const isWhole = wanted === -1 || isSameSize(wanted, size) || isOneSample(write, size, wanted);
    if (start !== 0 || !isWhole) throw formUnsupported(node, 'takes single samples of a batch');
  });
  return sliced(node, x!, parts, write);
};

const gather: Translate = (node, [params, indices, axisValue], write) => {
  const axis =
    axisValue === undefined ? 0 : toAxis(node, fixedNumber(node, axisValue, 'axis'), params!.dims.length);
  if (node.attributes.int('batch_dims', 0) !== 0) throw formUnsupported(node, 'gathers for each sample');
  const dims = params!.dims.toSpliced(axis, 1, ...indices!.dims);
  const { numbers, dataType } = params!;
  if (numbers !== undefined && params!.dims.length === 1 && indices!.numbers !== undefined)
    return {
      dims,
      dataType,
      numbers: fixedNumbers(node, indices, 'indices').map((i) => numbers[i < 0 ? i + numbers.length : i]!),
    };
  if (!isFixed(params!.dims[axis]!)) throw formUnsupported(node, 'gathers samples of a batch');
  const table =
    params!.constant === undefined
      ? write.last(params!)
      : write.constant(params!, `${layerName(node, params)}/embeddings`);
  return write.made('Gather', [table, write.last(indices!)], { dims, dataType }, { axis });
};

const range: Translate = (node, inputs) => {
  if (inputs.some(({ dataType }) => dataType === 'float32')) throw formUnsupported(node, 'counts by floats');
  const [start, end, step] = inputs.map((value) => fixedNumber(node, value, 'limits')) as [
    number,
    number,
    number,
  ];
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > 2 ** 20) throw formUnsupported(node, `counts ${count} numbers`);
  return knownNumbers(Array.from({ length: count }, (_, i) => start + i * step));
};

const cast: Translate = (node, [x], write) => {
  const to = node.attributes.type('DstT');
  const { dims, numbers, isChannelsFirst = false } = x!;
  const target = FLOATS.has(to) ? 'float32' : INTS.has(to) ? 'int64' : to === 'DT_BOOL' ? 'bool' : undefined;
  if (target === undefined) throw formUnsupported(node, `makes elements of type ${to}`);
  if (target === x!.dataType) return x!;
  if (target === 'float32' && numbers !== undefined && areFixed(numbers) && areFixed(dims))
    return { dims, dataType: target, constant: float32(numbers, dims) };
  const code = { float32: FLOAT, int64: INT64, bool: BOOL }[target];
  return write.made('Cast', [write.written(x!)], { dims, dataType: target, isChannelsFirst }, { to: code });
};

const pad =
  (mode: string): Translate =>
  (node, [x, by, value], write) => {
    const amounts = fixedNumbers(node, by, 'padding');
    const { dims, dataType, isChannelsFirst = false } = x!;
    if (!dims.every((size, i) => isFixed(size) || (amounts[2 * i] === 0 && amounts[2 * i + 1] === 0)))
      throw formUnsupported(node, 'pads the samples of a batch');
    const order = isChannelsFirst ? [0, 3, 1, 2] : dims.map((_, i) => i);
    const pads = [...order.map((axis) => amounts[2 * axis]!), ...order.map((axis) => amounts[2 * axis + 1]!)];
    const to = dims.map((size, i) => (isFixed(size) ? size + amounts[2 * i]! + amounts[2 * i + 1]! : size));
    const kind =
      mode !== 'mirror' ? mode : node.attributes.text('mode') === 'REFLECT' ? 'reflect' : 'symmetric';
    if (kind === 'symmetric') throw formUnsupported(node, 'repeats the border (SYMMETRIC)');
    return write.made(
      'Pad',
      [write.written(x!), write.ints(pads), ...(value === undefined ? [] : [write.written(value)])],
      { dims: to, dataType, isChannelsFirst },
      { mode: kind },
    );
  };

const reverse: Translate = (node, [x, axes], write) => {
  const parts = fixedNumbers(node, axes, 'axes').map((axis): [number, AxisSlice] => {
    const at = toAxis(node, axis, x!.dims.length);
    const size = x!.dims[at]!;
    if (!isFixed(size)) throw formUnsupported(node, 'reverses the samples of a batch');
    return [at, { start: size - 1, count: size, step: -1 }];
  });
  return sliced(node, x!, new Map(parts), write);
};

const gatherNd: Translate = (node, [params, indices], write) => {
  const depth = indices!.dims.at(-1)!;
  if (!isFixed(depth) || !params!.dims.slice(0, depth).every(isFixed))
    throw formUnsupported(node, 'gathers samples of a batch');
  return write.made('GatherND', [write.last(params!), write.last(indices!)], {
    dims: [...indices!.dims.slice(0, -1), ...params!.dims.slice(depth)],
    dataType: params!.dataType,
  });
};

const topK: Translate = (node, [x, count], write) => {
  const k = fixedNumber(node, count, 'count');
  const dims = x!.dims.with(-1, k);
  const [values, indices] = write.builder.ops(
    'TopK',
    [write.last(x!), write.builder.constant(int64([k]))],
    { axis: -1 },
    2,
  );
  return [
    { dims, dataType: x!.dataType, tensor: values! },
    { dims, dataType: 'int64', tensor: indices! },
  ];
};

/** Parts of tensors, and types. */
export const indexing: OperatorTable = {
  StridedSlice: stridedSlice,
  Slice: slice,
  Gather: gather,
  GatherV2: gather,
  GatherNd: gatherNd,
  TopKV2: topK,
  Range: range,
  Cast: cast,
  Pad: pad('constant'),
  PadV2: pad('constant'),
  MirrorPad: pad('mirror'),
  ReverseV2: reverse,
};
