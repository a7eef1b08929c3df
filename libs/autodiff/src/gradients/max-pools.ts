import type { Node } from '@noema/onnx';
import { arriving, type GradientRule, findInput } from '../gradient.rule.js';
import { readInts } from '../node.attributes.js';
import { scatterTo } from './slices.js';

/**
 * The gradient goes to the position of each window's maximum: by MaxUnpool if no two windows overlap and none
 * is padded, otherwise by scatter-add.
 */
const maxPool: GradientRule = {
  key: 'MaxPool',
  prepare: (node, fresh) =>
    node.outputs.length > 1
      ? node
      : { ...node, outputs: [...node.outputs, fresh(`${node.outputs[0]}_places`)] },
  backward(at) {
    const { write, node } = at;
    const [g, x, places] = [arriving(at), findInput(node, 0), node.outputs[1] ?? ''];
    if (!tiles(node) || at.avoid.has('MaxUnpool')) return [scatterTo(at, g, x, places)];
    const { kernel_shape, strides } = node.attributes;
    return [
      write.op('MaxUnpool', [g, places, write.shape(x)], {
        kernel_shape: kernel_shape ?? [],
        strides: strides ?? [],
      }),
    ];
  },
};

/** True if the windows tile the input without overlap. */
function tiles(node: Node): boolean {
  const kernel = readInts(node, 'kernel_shape') ?? [];
  const strides = readInts(node, 'strides') ?? kernel.map(() => 1);
  const plain = [
    ...(readInts(node, 'dilations') ?? []).map((dilation) => dilation - 1),
    ...(readInts(node, 'pads') ?? []),
  ].every((number) => number === 0);
  const { auto_pad, ceil_mode, storage_order } = node.attributes;
  return (
    plain &&
    kernel.every((size, i) => size <= (strides[i] ?? 1)) &&
    ceil_mode !== 1 &&
    storage_order !== 1 &&
    (auto_pad ?? 'NOTSET') === 'NOTSET'
  );
}

export const maxPools: readonly GradientRule[] = [maxPool];
