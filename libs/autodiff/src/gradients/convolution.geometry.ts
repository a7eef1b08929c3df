import type { Dim, Node } from '@noema/onnx';
import { gradientFormUnsupported } from '../gradient.errors.js';
import type { GradientWriter } from '../gradient.writer.js';
import { readInt, readInts, readText } from '../node.attributes.js';

/**
 * How a window walks over its input: one number per spatial dimension, pads first for all beginnings, then
 * for all ends.
 */
export interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
}

/**
 * Reads a convolution's or pool's attributes. Throws `unsupported` for a kernel or an automatic padding that
 * cannot be known before the graph runs.
 */
export function readGeometry(
  node: Node,
  write: GradientWriter,
  { x, kernel: weights }: { readonly x: string; readonly kernel?: string },
): Geometry {
  const kernel =
    readInts(node, 'kernel_shape') ??
    fixed(weights === undefined ? undefined : write.findDims(weights)?.slice(2));
  if (kernel === undefined) throw gradientFormUnsupported(node, 'a kernel of unknown shape');
  const strides = readInts(node, 'strides') ?? kernel.map(() => 1);
  const dilations = readInts(node, 'dilations') ?? kernel.map(() => 1);
  const group = readInt(node, 'group', 1);
  return {
    kernel,
    strides,
    dilations,
    group,
    pads: computePads(node, fixed(write.findDims(x)?.slice(2)), { kernel, strides, dilations }),
  };
}

function computePads(
  node: Node,
  spatial: readonly number[] | undefined,
  { kernel, strides, dilations }: Pick<Geometry, 'kernel' | 'strides' | 'dilations'>,
): readonly number[] {
  const auto = readText(node, 'auto_pad', 'NOTSET');
  if (auto === 'NOTSET') return readInts(node, 'pads') ?? [...kernel, ...kernel].map(() => 0);
  if (auto === 'VALID') return [...kernel, ...kernel].map(() => 0);
  if (spatial === undefined)
    throw gradientFormUnsupported(node, `auto_pad ${auto} on an input of unknown size`);
  const totals = spatial.map((size, i) => {
    const stride = strides[i] ?? 1;
    return Math.max(
      0,
      (Math.ceil(size / stride) - 1) * stride + ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1 - size,
    );
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total, i) => total - (small[i] ?? 0));
  return auto === 'SAME_LOWER' ? [...large, ...small] : [...small, ...large];
}

function fixed(dims: readonly Dim[] | undefined): readonly number[] | undefined {
  return dims?.every((dim) => typeof dim === 'number') === true ? dims : undefined;
}
