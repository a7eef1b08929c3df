import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import type { GradientWriter } from '../gradient.writer.js';
import { type Geometry, readGeometry } from './convolution.geometry.js';

const conv: GradientRule = {
  key: 'Conv',
  limits: 'the shape of the kernel must be known, with `auto_pad` SAME that of the input too',
  backward(at) {
    const { write, node } = at;
    const [g, x, w] = [arriving(at), findInput(node, 0), findInput(node, 1)];
    const geometry = readGeometry(node, write, { x, kernel: w });
    return [
      at.wants(0) ? inputGradient(write, geometry, { g, w, x }) : undefined,
      at.wants(1) ? kernelGradient(write, geometry, { g, x, w }) : undefined,
      at.wants(2) ? biasGradient(at, g, geometry) : undefined,
    ];
  },
};

/**
 * The transposed convolution is a convolution's input gradient, so its own input gradient is that
 * convolution.
 */
const convTranspose: GradientRule = {
  key: 'ConvTranspose',
  limits: 'not with `output_shape`',
  backward(at) {
    const { write, node } = at;
    const [g, x, w] = [arriving(at), findInput(node, 0), findInput(node, 1)];
    if (node.attributes['output_shape'] !== undefined)
      throw gradientFormUnsupported(node, 'output_shape; give pads');
    const geometry = readGeometry(node, write, { x: g, kernel: w });
    const { strides, dilations, pads, group } = geometry;
    return [
      at.wants(0) ? write.op('Conv', [g, w], { strides, dilations, pads, group }) : undefined,
      at.wants(1) ? kernelGradient(write, geometry, { g: x, x: g, w }) : undefined,
      at.wants(2) ? biasGradient(at, g, geometry) : undefined,
    ];
  },
};

const biasGradient = ({ write }: Backward, g: string, { kernel }: Geometry): string =>
  write.sum(g, [0, ...kernel.map((_, i) => i + 2)], 0);

/**
 * Returns ∂/∂x of conv(x, w): a transposed convolution with the same kernel. With strides, positions that no
 * window reaches get zeros.
 */
export function inputGradient(
  write: GradientWriter,
  { kernel, strides, dilations, pads, group }: Geometry,
  { g, w, x }: { readonly g: string; readonly w: string; readonly x: string },
): string {
  if (strides.every((stride) => stride === 1))
    return write.op('ConvTranspose', [g, w], { dilations, pads, group });
  const whole = write.op('ConvTranspose', [g, w], { strides, dilations, group });
  const rest = write.op('Pad', [
    whole,
    write.ints([0, 0, ...kernel.map(() => 0), 0, 0, ...strides.map((stride) => stride - 1)]),
  ]);
  const begin = pads.slice(0, kernel.length);
  // The padding at the end may reach further than the windows did.
  const padded = write.op('Pad', [
    rest,
    write.ints([0, 0, ...kernel.map(() => 0), 0, 0, ...pads.slice(kernel.length)]),
  ]);
  const size = write.op('Slice', [write.shape(x), write.ints([2]), write.ints([2 + kernel.length])]);
  return write.op('Slice', [
    padded,
    write.ints(begin),
    write.op('Add', [size, write.ints(begin)]),
    write.ints(kernel.map((_, i) => i + 2)),
  ]);
}

interface KernelOperands {
  readonly g: string;
  readonly x: string;
  readonly w: string;
}

/** Kernels up to this many places get products for their places; larger ones would make the graph long. */
const MAX_PLACES = 64;
/** Rows that a product should have: places of inputs with few channels are put together. */
const PRODUCT_ROWS = 32;

/** ∂/∂w of conv(x, w). */
function kernelGradient(write: GradientWriter, geometry: Geometry, operands: KernelOperands): string {
  const [channels, positions] = [write.findDims(operands.x)?.[1], write.findDims(operands.g)?.slice(2)];
  const places = elements(geometry.kernel);
  if (
    typeof channels !== 'number' ||
    positions?.every((size) => typeof size === 'number') !== true ||
    geometry.group !== 1 ||
    places > MAX_PLACES
  )
    return kernelGradientByConvolution(write, geometry, operands);
  // If a sample's product for a small kernel is smaller than its gradient, the products are summed. Otherwise
  // the gradient would have to be transposed.
  const products = channels * places < elements(positions) ? bySample : byPlace;
  const perFilter = write.op('Reshape', [
    products(write, geometry, { ...operands, channels, positions }),
    write.ints([0, places, -1]),
  ]);
  return write.op('Reshape', [
    write.op('Transpose', [perFilter], { perm: [0, 2, 1] }),
    write.ints([0, 0, ...geometry.kernel]),
  ]);
}

const elements = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

interface KnownOperands extends KernelOperands {
  readonly channels: number;
  readonly positions: readonly number[];
}

/**
 * Returns [filters, positions · channels]: for each sample the product of its gradient with the inputs of
 * every kernel position, summed over the samples.
 */
function bySample(write: GradientWriter, geometry: Geometry, { g, x, positions }: KnownOperands): string {
  const seen = write.op('Concat', seenBy(write, geometry, { x, positions }), { axis: 1 });
  const rows = (tensor: string): string => write.op('Reshape', [tensor, write.ints([0, 0, -1])]);
  return write.sum(
    write.op('MatMul', [rows(g), write.op('Transpose', [rows(seen)], { perm: [0, 2, 1] })]),
    [0],
    0,
  );
}

/** The same, channels before samples: products over all samples at once, of some places each. */
function byPlace(
  write: GradientWriter,
  geometry: Geometry,
  { g, x, channels, positions }: KnownOperands,
): string {
  const turned = (tensor: string): string =>
    write.op('Transpose', [tensor], { perm: [1, 0, ...positions.map((_, i) => i + 2)] });
  const rows = (tensor: string): string => write.op('Reshape', [tensor, write.ints([0, -1])]);
  const seen = seenBy(write, geometry, { x: turned(x), positions });
  const gradient = rows(turned(g));
  const together = Math.ceil(PRODUCT_ROWS / channels);
  const products: string[] = [];
  for (let i = 0; i < seen.length; i += together) {
    products.push(
      write.op('Gemm', [gradient, rows(write.op('Concat', seen.slice(i, i + together), { axis: 0 }))], {
        transB: 1,
      }),
    );
  }
  return write.op('Concat', products, { axis: 1 });
}

/** Returns, for every kernel position in row-major order, its inputs at all output positions. */
function seenBy(
  write: GradientWriter,
  { kernel, strides, dilations, pads }: Geometry,
  { x, positions }: Pick<KnownOperands, 'x' | 'positions'>,
): string[] {
  const rank = kernel.length;
  const axes = write.ints(kernel.map((_, i) => i + 2));
  const padded = pads.every((pad) => pad === 0)
    ? x
    : write.op('Pad', [x, write.ints([0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)])]);
  return listPlaces(kernel).map((place) => {
    const from = place.map((at, i) => at * dilations[i]!);
    const to = from.map((at, i) => at + (positions[i]! - 1) * strides[i]! + 1);
    return write.op('Slice', [padded, write.ints(from), write.ints(to), axes, write.ints(strides)]);
  });
}

/** The places of a kernel in row-major order. */
const listPlaces = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, at) => [...place, at])),
    [[]],
  );

/**
 * The input convolved by the gradient, samples in the place of channels, strides and dilations exchanged.
 * With groups the input [n, G·c, …] is turned to [c, G·n, …], so that one grouped convolution does all
 * groups.
 */
function kernelGradientByConvolution(
  write: GradientWriter,
  { kernel, strides, dilations, pads, group }: Geometry,
  { g, x, w }: KernelOperands,
): string {
  const swap = [1, 0, ...kernel.map((_, i) => i + 2)];
  const turned =
    group === 1 ? write.op('Transpose', [x], { perm: swap }) : groupsApart(write, x, group, kernel.length);
  const made = write.op('Conv', [turned, write.op('Transpose', [g], { perm: swap })], {
    strides: dilations,
    dilations: strides,
    pads,
    group,
  });
  const gradient = write.op('Transpose', [made], { perm: swap });
  if (strides.every((stride) => stride === 1)) return gradient;
  return write.op('Slice', [
    gradient,
    write.ints(kernel.map(() => 0)),
    write.op('Slice', [write.shape(w), write.ints([2]), write.ints([2 + kernel.length])]),
    write.ints(kernel.map((_, i) => i + 2)),
  ]);
}

function groupsApart(write: GradientWriter, x: string, group: number, spatialRank: number): string {
  const shape = write.shape(x);
  const [n, spatial] = [
    write.op('Slice', [shape, write.ints([0]), write.ints([1])]),
    write.op('Slice', [shape, write.ints([2]), write.ints([2 + spatialRank])]),
  ];
  const apart = write.op('Reshape', [
    x,
    write.op('Concat', [n, write.ints([group, -1]), spatial], { axis: 0 }),
  ]);
  const turned = write.op('Transpose', [apart], {
    perm: [2, 1, 0, ...Array.from({ length: spatialRank }, (_, i) => i + 3)],
  });
  const together = write.op('Mul', [n, write.ints([group])]);
  return write.op('Reshape', [
    turned,
    write.op('Concat', [write.ints([-1]), together, spatial], { axis: 0 }),
  ]);
}

export const convolutions: readonly GradientRule[] = [conv, convTranspose];
