import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, inputOf } from '../gradient.rule.js';
import type { GradientWriter } from '../gradient.writer.js';
import { type Geometry, geometryOf } from './convolution.geometry.js';

const conv: GradientRule = {
  key: 'Conv',
  limits: 'the shape of the kernel must be known, with `auto_pad` SAME that of the input too',
  backward(at) {
    const { write, node } = at;
    const [g, x, w] = [arriving(at), inputOf(node, 0), inputOf(node, 1)];
    const geometry = geometryOf(node, write, { x, kernel: w });
    return [
      at.wants(0) ? inputGradient(write, geometry, { g, w, x }) : undefined,
      at.wants(1) ? kernelGradient(write, geometry, { g, x, w }) : undefined,
      at.wants(2) ? biasGradient(at, g, geometry) : undefined,
    ];
  },
};

/** The transposed convolution is a convolution's input gradient, so its own input gradient is that convolution. */
const convTranspose: GradientRule = {
  key: 'ConvTranspose',
  limits: 'not with `output_shape`',
  backward(at) {
    const { write, node } = at;
    const [g, x, w] = [arriving(at), inputOf(node, 0), inputOf(node, 1)];
    if (node.attributes['output_shape'] !== undefined) throw gradientFormUnsupported(node, 'output_shape; give pads');
    const geometry = geometryOf(node, write, { x: g, kernel: w });
    const { strides, dilations, pads, group } = geometry;
    return [
      at.wants(0) ? write.op('Conv', [g, w], { strides, dilations, pads, group }) : undefined,
      at.wants(1) ? kernelGradient(write, geometry, { g: x, x: g, w }) : undefined,
      at.wants(2) ? biasGradient(at, g, geometry) : undefined,
    ];
  },
};

const biasGradient = ({ write }: Backward, g: string, { kernel }: Geometry): string => write.sum(g, [0, ...kernel.map((_, i) => i + 2)], 0);

/** ∂/∂x of conv(x, w): a transposed convolution with the same kernel. With strides, what no window reached is put back as zeros. */
export function inputGradient(write: GradientWriter, { kernel, strides, dilations, pads, group }: Geometry, { g, w, x }: { readonly g: string; readonly w: string; readonly x: string }): string {
  if (strides.every((stride) => stride === 1)) return write.op('ConvTranspose', [g, w], { dilations, pads, group });
  const whole = write.op('ConvTranspose', [g, w], { strides, dilations, group });
  const rest = write.op('Pad', [whole, write.ints([0, 0, ...kernel.map(() => 0), 0, 0, ...strides.map((stride) => stride - 1)])]);
  const begin = pads.slice(0, kernel.length);
  // The padding at the end may reach further than the windows did.
  const padded = write.op('Pad', [rest, write.ints([0, 0, ...kernel.map(() => 0), 0, 0, ...pads.slice(kernel.length)])]);
  const size = write.op('Slice', [write.shape(x), write.ints([2]), write.ints([2 + kernel.length])]);
  return write.op('Slice', [padded, write.ints(begin), write.op('Add', [size, write.ints(begin)]), write.ints(kernel.map((_, i) => i + 2))]);
}

/**
 * ∂/∂w of conv(x, w): the input convolved by the gradient, samples in the place of channels, strides and dilations exchanged.
 * With groups the input [n, G·c, …] is turned to [c, G·n, …], so that one grouped convolution does all groups.
 */
function kernelGradient(write: GradientWriter, { kernel, strides, dilations, pads, group }: Geometry, { g, x, w }: { readonly g: string; readonly x: string; readonly w: string }): string {
  const swap = [1, 0, ...kernel.map((_, i) => i + 2)];
  const turned = group === 1 ? write.op('Transpose', [x], { perm: swap }) : groupsApart(write, x, group, kernel.length);
  const made = write.op('Conv', [turned, write.op('Transpose', [g], { perm: swap })], { strides: dilations, dilations: strides, pads, group });
  const gradient = write.op('Transpose', [made], { perm: swap });
  if (strides.every((stride) => stride === 1)) return gradient;
  return write.op('Slice', [gradient, write.ints(kernel.map(() => 0)), write.op('Slice', [write.shape(w), write.ints([2]), write.ints([2 + kernel.length])]), write.ints(kernel.map((_, i) => i + 2))]);
}

function groupsApart(write: GradientWriter, x: string, group: number, spatialRank: number): string {
  const shape = write.shape(x);
  const [n, spatial] = [write.op('Slice', [shape, write.ints([0]), write.ints([1])]), write.op('Slice', [shape, write.ints([2]), write.ints([2 + spatialRank])])];
  const apart = write.op('Reshape', [x, write.op('Concat', [n, write.ints([group, -1]), spatial], { axis: 0 })]);
  const turned = write.op('Transpose', [apart], { perm: [2, 1, 0, ...Array.from({ length: spatialRank }, (_, i) => i + 3)] });
  const together = write.op('Mul', [n, write.ints([group])]);
  return write.op('Reshape', [turned, write.op('Concat', [write.ints([-1]), together, spatial], { axis: 0 })]);
}

export const convolutions: readonly GradientRule[] = [conv, convTranspose];
