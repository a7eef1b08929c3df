import type { GraphNode } from '../graph-def.js';
import { formUnsupported } from '../graph.errors.js';
import { fixedNumber, fixedNumbers, type GraphWriter, toAxis } from '../graph.writer.js';
import { isFixed, multiply } from '../sizes.js';
import type { Value } from '../value.js';
import type { OperatorTable, Translate } from './operator.js';

/** Axes of planes by their place where channels are first. */
const MOVED = [0, 2, 3, 1];

function reducedAxes(node: GraphNode, x: Value, axes: Value | undefined): number[] {
  const named = fixedNumbers(node, axes, 'axes').map((axis) => toAxis(node, axis, x.dims.length));
  if (named.some((axis) => !isFixed(x.dims[axis]!)))
    throw formUnsupported(node, 'combines samples of a batch');
  return named;
}

const reduce =
  (opType: string): Translate =>
  (node, [x, axesValue], write) => {
    const { dims, dataType, isChannelsFirst = false, numbers } = x!;
    const keeps = node.attributes.bool('keep_dims') || node.attributes.bool('keepdims');
    if (opType === 'ReduceProd' && numbers !== undefined && dims.length === 1) {
      const product = multiply(numbers);
      if (product !== undefined) return { dims: keeps ? [1] : [], dataType, numbers: [product] };
    }
    const axes = reducedAxes(node, x!, axesValue);
    // Without its positions, a tensor has its channels at the end in either order.
    const isKept = isChannelsFirst && (keeps || axes.toSorted().join() === '1,2');
    const to = dims.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size]));
    if (axes.length === 0) return x!;
    return write.made(
      opType,
      [
        isKept ? write.first(x!) : write.last(x!),
        write.ints(isKept ? axes.map((axis) => MOVED[axis]!) : axes),
      ],
      { dims: to, dataType, isChannelsFirst: isKept && keeps },
      { keepdims: Number(keeps) },
    );
  };

const place =
  (opType: string): Translate =>
  (node, [x, axisValue], write) => {
    const axis = toAxis(
      node,
      axisValue === undefined ? 0 : fixedNumber(node, axisValue, 'axis'),
      x!.dims.length,
    );
    if (!isFixed(x!.dims[axis]!)) throw formUnsupported(node, 'combines samples of a batch');
    const dims = x!.dims.toSpliced(axis, 1);
    return write.made(opType, [write.last(x!)], { dims, dataType: 'int64' }, { axis, keepdims: 0 });
  };

/** Sums, means and extremes along axes. */
export const reductions: OperatorTable = {
  Mean: reduce('ReduceMean'),
  Sum: reduce('ReduceSum'),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  ArgMax: place('ArgMax'),
  ArgMin: place('ArgMin'),
  Cumsum: (node, [x, axis], write: GraphWriter) =>
    write.made(
      'CumSum',
      [write.last(x!), write.ints([fixedNumber(node, axis, 'axis')], [])],
      { dims: x!.dims, dataType: x!.dataType },
      {
        exclusive: Number(node.attributes.bool('exclusive')),
        reverse: Number(node.attributes.bool('reverse')),
      },
    ),
};
