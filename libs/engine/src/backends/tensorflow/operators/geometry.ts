import { readInt, readInts, readText } from '@noema/autodiff';
import type { Node } from '@noema/onnx';

/** How a window walks over its input: a number for each of the positions' axes. */
export interface Walk {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Reads how a node's window walks over positions of these sizes; automatic padding and rounding up become
 * padding in numbers.
 */
export function computeWalk(node: Node, sizes: readonly number[], kernel: readonly number[]): Walk {
  const strides = readInts(node, 'strides') ?? kernel.map(() => 1);
  const dilations = readInts(node, 'dilations') ?? kernel.map(() => 1);
  const reach = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const auto = readText(node, 'auto_pad', 'NOTSET');
  if (auto.startsWith('SAME')) {
    const totals = sizes.map((size, i) =>
      Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + reach[i]! - size),
    );
    const [small, large] = [
      totals.map((total) => Math.floor(total / 2)),
      totals.map((total) => Math.ceil(total / 2)),
    ];
    return {
      kernel,
      strides,
      dilations,
      before: auto === 'SAME_LOWER' ? large : small,
      after: auto === 'SAME_LOWER' ? small : large,
    };
  }
  const pads = auto === 'VALID' ? undefined : readInts(node, 'pads');
  const before = pads?.slice(0, kernel.length) ?? kernel.map(() => 0);
  const after = pads?.slice(kernel.length) ?? kernel.map(() => 0);
  if (readInt(node, 'ceil_mode', 0) === 0) return { kernel, strides, dilations, before, after };
  const raised = sizes.map((size, i) => {
    const room = size + before[i]! + after[i]! - reach[i]!;
    const steps = Math.ceil(room / strides[i]!);
    // A window that would start beyond the padded input does not count.
    const used = steps * strides[i]! >= size + before[i]! ? steps - 1 : steps;
    return after[i]! + Math.max(0, used * strides[i]! - room);
  });
  return { kernel, strides, dilations, before, after: raised };
}
