import { readInt, readInts } from '@noema/autodiff';
import type { Node } from '@noema/onnx';
import { type Fusion, native, type Sources } from './fusion.js';

/**
 * Inputs of a kernel's gradient: the output gradient, and the parts of the maps under each kernel position.
 */
interface KernelGradientInputs {
  readonly gradient: string | undefined;
  readonly parts: readonly (Node | undefined)[];
  /** The maps have channels before samples. */
  readonly isTurned: boolean;
}

/**
 * Programs write a convolution's kernel gradient as products of the output gradient with the inputs of every
 * kernel position (`libs/autodiff`, convolutions): [filters, positions · channels], transposed at the end.
 */
export const kernelByProducts: Fusion = (node, sources) => {
  const { findConstant } = sources;
  const is = reader(sources);
  const products = is(
    is(node.opType === 'Reshape' ? node.inputs[0] : undefined, 'Transpose')?.inputs[0],
    'Reshape',
  )?.inputs[0];
  const shape = toNumbers(findConstant(node.inputs[1])).slice(2);
  const seen = bySample(products, is) ?? byPlace(products, is);
  if (seen?.gradient === undefined || shape.length !== 2 || seen.parts.length !== shape[0]! * shape[1]!)
    return undefined;
  const { parts, isTurned } = seen;
  const source = parts[0]?.inputs[0];
  if (parts.some((part) => part?.inputs[0] !== source)) return undefined;
  // A Pad that cuts off, as of the convolutions of a pooling's places, stays.
  const padding = toNumbers(findConstant(is(source, 'Pad')?.inputs[1]));
  const pad = padding.some((number) => number < 0) ? undefined : is(source, 'Pad');
  const turned = pad?.inputs[0] ?? source;
  const turn = isTurned ? is(turned, 'Transpose') : undefined;
  const maps = isTurn(turn) ? turn.inputs[0] : turned;
  if (maps === undefined || isTurn(turn) !== isTurned) return undefined;
  const [pads, last] = [pad === undefined ? [] : padding, toNumbers(findConstant(parts.at(-1)?.inputs[1]))];
  // On the processor TensorFlow has it without dilations only.
  if (last.some((at, i) => at !== shape[i]! - 1)) return undefined;
  return native('ConvKernelGradient', node, [maps, seen.gradient], {
    kernel_shape: shape,
    strides: toNumbers(findConstant(parts[0]?.inputs[4])),
    pads: pads.length === 0 ? [0, 0, 0, 0] : [...pads.slice(2, 4), ...pads.slice(6, 8)],
  });
};

/**
 * For large kernels, and for maps of unknown sizes, they write it as a convolution of the transposed maps
 * with the transposed gradient, transposed back.
 */
export const kernelByConvolution: Fusion = (node, { findNode }) => {
  const made = isTurn(node) ? findNode(node.inputs[0]) : undefined;
  if (made?.opType !== 'Conv' || made.inputs.length !== 2) return undefined;
  const isPlain = [
    ...(readInts(made, 'strides') ?? []),
    ...(readInts(made, 'dilations') ?? []),
    readInt(made, 'group', 1),
  ].every((step) => step === 1);
  const [maps, gradient] = made.inputs.map(findNode);
  return isPlain && isTurn(maps) && isTurn(gradient)
    ? native('ConvKernelGradient', node, [maps.inputs[0]!, gradient.inputs[0]!], {
        pads: readInts(made, 'pads') ?? [0, 0, 0, 0],
      })
    : undefined;
};

type Reader = (tensor: string | undefined, opType: string) => Node | undefined;
const reader =
  ({ findNode }: Sources): Reader =>
  (tensor, opType) =>
    findNode(tensor)?.opType === opType ? findNode(tensor) : undefined;
const toNumbers = (constant: ReturnType<Sources['findConstant']>): number[] =>
  Array.from(constant?.data ?? [], Number);
const isTurn = (node: Node | undefined): node is Node =>
  node?.opType === 'Transpose' && readInts(node, 'perm')?.join() === '1,0,2,3';

/** The sum over samples of products, one for each. */
function bySample(products: string | undefined, is: Reader): KernelGradientInputs | undefined {
  const product = is(is(products, 'ReduceSum')?.inputs[0], 'MatMul');
  const parts = is(
    is(is(product?.inputs[1], 'Transpose')?.inputs[0], 'Reshape')?.inputs[0],
    'Concat',
  )?.inputs.map((part) => is(part, 'Slice'));
  return parts === undefined
    ? undefined
    : { gradient: is(product?.inputs[0], 'Reshape')?.inputs[0], parts, isTurned: false };
}

/** Products over all samples, of some places each, side by side. */
function byPlace(products: string | undefined, is: Reader): KernelGradientInputs | undefined {
  const each = is(products, 'Concat')?.inputs.map((product) => is(product, 'Gemm'));
  if (each?.some((product) => product === undefined || product.inputs[0] !== each[0]?.inputs[0]) !== false)
    return undefined;
  const parts = each.flatMap(
    (product) =>
      is(is(product?.inputs[1], 'Reshape')?.inputs[0], 'Concat')?.inputs.map((part) => is(part, 'Slice')) ??
      [],
  );
  const turn = is(is(each[0]?.inputs[0], 'Reshape')?.inputs[0], 'Transpose');
  return { gradient: isTurn(turn) ? turn.inputs[0] : undefined, parts, isTurned: true };
}
