import { formUnsupported } from '../graph.errors.js';
import type { GraphNode } from '../graph-def.js';
import { isFixed, type Size } from '../sizes.js';
import type { Value } from '../value.js';
import type { OperatorTable, Translate } from './operator.js';

/** How a window moves over the height and width of an input. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Throws `unsupported` for an input that is not [samples, height, width, channels]. */
export function planes({ ...node }: GraphNode, { dims }: Value): void {
  const format = node.attributes.text('data_format', 'NHWC');
  if (format !== 'NHWC' && format !== 'channelsLast')
    throw formUnsupported(node, `has the order of axes ${format}`);
  if (dims.length !== 4 || !dims.slice(1).every(isFixed))
    throw formUnsupported(node, `has an input with ${dims.length} axes or open sizes`);
}

/** Height and width of an attribute of four numbers; 1 without it. */
export function spatial(node: GraphNode, name: string): number[] {
  const values = node.attributes.ints(name);
  if (values.length === 0) return [1, 1];
  if (values.length !== 4 || values[0] !== 1 || values[3] !== 1 || values.some((value) => value < 1))
    throw formUnsupported(node, `has ${name} [${values.join(', ')}]`);
  return values.slice(1, 3);
}

/** Rows and columns that are added: both beginnings, then both ends. */
export function padding(node: GraphNode, { dims }: Value, { size, strides, dilations }: Window): number[] {
  const kind = node.attributes.text('padding', 'VALID');
  if (kind === 'VALID') return [0, 0, 0, 0];
  if (kind === 'EXPLICIT') {
    const pads = node.attributes.ints('explicit_paddings');
    const others = [...pads.slice(0, 2), ...pads.slice(6)];
    if (pads.length !== 8 || pads.some((by) => by < 0) || others.some((by) => by !== 0))
      throw formUnsupported(node, `has explicit_paddings [${pads.join(', ')}]`);
    const [top, bottom, left, right] = pads.slice(2, 6) as [number, number, number, number];
    return [top, left, bottom, right];
  }
  if (kind !== 'SAME') throw formUnsupported(node, `has padding ${kind}`);
  const totals = size.map((side, i) => {
    const input = Number(dims[i + 1]);
    const output = Math.ceil(input / strides[i]!);
    return Math.max((output - 1) * strides[i]! + (side - 1) * dilations[i]! + 1 - input, 0);
  });
  const starts = totals.map((total) => Math.floor(total / 2));
  return [...starts, ...totals.map((total, i) => total - starts[i]!)];
}

export function outputSize(
  node: GraphNode,
  input: Size,
  i: number,
  { size, strides, dilations, pads }: Window & { readonly pads: readonly number[] },
): number {
  const covered = Number(input) + pads[i]! + pads[i + 2]! - ((size[i]! - 1) * dilations[i]! + 1);
  if (covered < 0) throw formUnsupported(node, 'has a window larger than its input');
  return Math.floor(covered / strides[i]!) + 1;
}

const pool =
  (opType: string): Translate =>
  (node, [x], write) => {
    planes(node, x!);
    const size = spatial(node, 'ksize');
    const window = { size, strides: spatial(node, 'strides'), dilations: [1, 1] };
    const pads = padding(node, x!, window);
    const [samples, height, width, channels] = x!.dims;
    const dims = [
      samples!,
      ...[height!, width!].map((side, i) => outputSize(node, side, i, { ...window, pads })),
      channels!,
    ];
    return write.made(
      opType,
      [write.first(x!)],
      { dims, isChannelsFirst: true },
      { kernel_shape: size, strides: window.strides, pads },
    );
  };

export const pools: OperatorTable = { MaxPool: pool('MaxPool'), AvgPool: pool('AveragePool') };
