import { DomainError, type NumberParameter } from '@noema/kernel';
import type { GraphBuilder } from '@noema/onnx';
import type { LossHead } from './loss.head.js';

/** How predicted boxes become objects; losses of boxes carry it, so that a run declares it in one place. */
const DECODING: readonly NumberParameter[] = [
  {
    type: 'number',
    name: 'score_threshold',
    title: 'Score threshold',
    help: 'Score from which a predicted box counts as an object.',
    default: 0.25,
    above: 0,
    maximum: 1,
    step: 0.05,
  },
  {
    type: 'number',
    name: 'iou_threshold',
    title: 'IoU threshold',
    help: 'A box is dropped if it overlaps a box of its class with a higher score by more.',
    default: 0.45,
    above: 0,
    maximum: 1,
    step: 0.05,
  },
];

/** Channels of a cell before its classes: x, y, width, height, objectness. */
const CLASSES_AT = 5;

/**
 * The sum over the cells of a grid of the losses of position, size, objectness and class (Redmon et al. 2016; cross-
 * entropies as in Redmon & Farhadi 2018). The target has the form of `assignCells` of `@noema/detection`: a cell
 * without an object counts by its objectness alone.
 */
export const yolo: LossHead = {
  key: 'yolo',
  title: 'YOLO',
  summary: 'Compares a grid of cells, each with one box, its objectness and its classes, with boxes.',
  reference: 'Redmon et al. 2016',
  parameters: [
    {
      type: 'number',
      name: 'coordinate_weight',
      title: 'Weight of coordinates',
      help: 'Weight of the position and size of boxes; the class of a box has 1.',
      default: 5,
      above: 0,
      step: 0.5,
    },
    {
      type: 'number',
      name: 'no_object_weight',
      title: 'Weight of empty cells',
      help: 'Weight of the objectness of a cell without an object; a cell with one has 1.',
      default: 0.5,
      above: 0,
      step: 0.1,
    },
    ...DECODING,
  ],
  facts: { takes: 'boxes' },
  of: 'boxes',
  targetDims: (prediction) => prediction,
  write(b, { prediction: x, target: t }, parameters) {
    const { coordinate_weight: coordinates = 5, no_object_weight: empty = 0.5 } = parameters;
    const channels = b.op('Shape', [x], { start: -1 });
    const isBefore = (end: number): string => atLeast(b, channels, end, false);
    const isFrom = (start: number): string => atLeast(b, channels, start, true);
    const and = (...masks: string[]): string => masks.reduce((all, one) => b.op('Mul', [all, one]));
    const isSize = and(isFrom(2), isBefore(4));
    const isObjectness = and(isFrom(4), isBefore(CLASSES_AT));
    const minus = (mask: string): string => b.op('Sub', [b.constant(1), mask]);
    const times = (mask: string, factor: number): string => b.op('Mul', [mask, b.constant(factor)]);

    const entropy = b.op('Sub', [b.op('Softplus', [x]), b.op('Mul', [x, t])]);
    const difference = b.op('Sub', [x, t]);
    const square = b.op('Mul', [difference, difference]);
    const each = b.op('Add', [b.op('Mul', [entropy, minus(isSize)]), b.op('Mul', [square, isSize])]);
    const hasObject = b.op('ReduceMax', [b.op('Mul', [t, isObjectness]), b.constant([-1])], { keepdims: 1 });
    const withObject = b.op('Add', [times(isBefore(4), coordinates), isFrom(4)]);
    const weight = b.op('Add', [
      b.op('Mul', [hasObject, withObject]),
      b.op('Mul', [minus(hasObject), times(isObjectness, empty)]),
    ]);
    const weighted = b.op('Flatten', [b.op('Mul', [each, weight])], { axis: 1 });
    return b.op('ReduceSum', [weighted, b.constant([1])], { keepdims: 0 });
  },
};

/** 1 for channels from `bound` on, or before it, [channels] float32. */
function atLeast(b: GraphBuilder, channels: string, bound: number, isFrom: boolean): string {
  const number = (value: bigint): string =>
    b.constant({ dataType: 'int64', dims: [], data: BigInt64Array.of(value) });
  const range = b.op('Range', [number(0n), b.op('Squeeze', [channels]), number(1n)]);
  const isBefore = b.op('Less', [range, number(BigInt(bound))]);
  return b.op('Cast', [isFrom ? b.op('Not', [isBefore]) : isBefore], { to: 1 });
}

/**
 * The LRP error of the boxes of a network that decodes them itself (Oksuz et al. 2018). It ranks samples and has no
 * gradient: objects are matched, so that `write` throws `unsupported` LOSS_NOT_DIFFERENTIABLE.
 */
export const lrpError: LossHead = {
  key: 'lrp_error',
  title: 'LRP error',
  summary:
    'Share of objects and predicted boxes that do not match, and how far matches are from their objects.',
  reference: 'Oksuz et al. 2018',
  parameters: DECODING,
  facts: { takes: 'boxes' },
  of: 'boxes',
  targetDims: (prediction) => prediction,
  write() {
    throw new DomainError(
      'unsupported',
      'LOSS_NOT_DIFFERENTIABLE',
      'the loss lrp_error matches boxes and has no gradient; train a grid of cells with the loss yolo, or ' +
        'evaluate the model',
    );
  },
};
