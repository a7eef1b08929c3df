import { float } from '@noema/onnx';
import { formUnsupported } from '../graph.errors.js';
import type { GraphNode } from '../graph-def.js';
import type { GraphWriter } from '../graph.writer.js';
import { broadcast, isFixed, isSameSize, type Size, toDim } from '../sizes.js';
import type { Value } from '../value.js';
import { activations, unary } from './activations.js';
import { prelu } from './arithmetic.js';
import type { OperatorTable, Translate } from './operator.js';
import { layerName } from './layer-name.js';
import { outputSize, padding, planes, spatial } from './windows.js';

/** Axes of TensorFlow's kernels [height, width, in, out] in the order of ONNX [out, in, height, width]. */
const KERNEL = [3, 2, 0, 1];

/** The kernel in the order of ONNX, and its sizes. */
interface Kernel {
  readonly tensor: string;
  readonly size: readonly number[];
  readonly outputs: number;
}

function readKernel(node: GraphNode, value: Value, write: GraphWriter, group?: number): Kernel {
  const { constant, dims } = value;
  const [height, width, inputs, outputs] = dims.filter(isFixed);
  if (dims.length !== 4 || outputs === undefined) throw formUnsupported(node, 'has a kernel of open sizes');
  // The kernels of separate channels are [height, width, channels, multiplier].
  const total = group === undefined ? outputs : inputs! * outputs;
  const to = [total, group === undefined ? inputs! : 1, height!, width!];
  const perm = group === undefined ? KERNEL : [2, 3, 0, 1];
  const kernel = { size: [height!, width!], outputs: total };
  if (constant !== undefined)
    return { ...kernel, tensor: write.constant(value, `${layerName(node, value)}/kernel`, { perm, to }) };
  const turned = write.builder.op('Transpose', [write.last(value)], { perm });
  return { ...kernel, tensor: write.builder.op('Reshape', [turned, write.ints(to)]) };
}

function convolution(isDepthwise: boolean): Translate {
  return (node, [x, kernel, ...rest], write) => {
    planes(node, x!);
    const channels = x!.dims[3]!;
    if (!isFixed(channels)) throw formUnsupported(node, 'has an open number of channels');
    const inputs = Number(kernel!.dims[2]);
    const group = isDepthwise ? channels : channels / inputs;
    if (!Number.isInteger(group) || (isDepthwise && inputs !== channels))
      throw formUnsupported(node, `has a kernel for ${inputs} channels, and an input with ${channels}`);
    const { tensor, size, outputs } = readKernel(node, kernel!, write, isDepthwise ? channels : undefined);
    const strides = spatial(node, 'strides');
    const dilations = spatial(node, 'dilations');
    const pads = padding(node, x!, { size, strides, dilations });
    const bias = fusedBias(node, rest);
    const dims = [
      x!.dims[0]!,
      ...size.map((_, i) => outputSize(node, x!.dims[i + 1]!, i, { size, strides, dilations, pads })),
      outputs,
    ];
    const made = write.made(
      'Conv',
      [
        write.first(x!),
        tensor,
        ...(bias === undefined ? [] : [writeBias(node, { bias, weight: kernel! }, write)]),
      ],
      { dims, isChannelsFirst: true },
      { kernel_shape: size, strides, dilations, pads, group },
    );
    return withFused(node, made, rest, write);
  };
}

/** The bias that TensorFlow merged into a node. */
function fusedBias(node: GraphNode, [bias]: readonly Value[]): Value | undefined {
  if (node.attributes.texts('fused_ops')[0] !== 'BiasAdd') return undefined;
  if (bias === undefined) throw formUnsupported(node, 'merges a bias that is not among its inputs');
  return bias;
}

/** The bias, named after the layer of the weight. */
function writeBias(
  node: GraphNode,
  { bias, weight }: { readonly bias: Value; readonly weight: Value },
  write: GraphWriter,
): string {
  if (bias.dims.length !== 1) throw formUnsupported(node, 'has a bias with several axes');
  return bias.constant === undefined
    ? write.last(bias)
    : write.constant(bias, `${layerName(node, weight)}/bias`);
}

/** The non-linearity that TensorFlow merged into a node, behind the bias, which is written already. */
export function withFused(
  node: GraphNode,
  made: Value,
  rest: readonly Value[],
  write: GraphWriter,
): Value | readonly Value[] {
  const fused = node.attributes.texts('fused_ops');
  const [first, second, ...more] = fused[0] === 'BiasAdd' ? fused : ['', ...fused];
  if (more.length > 0 || first === undefined) {
    if (fused.length === 0) return made;
    throw formUnsupported(node, `merges ${fused.join(', ')}`);
  }
  if (second === undefined) return made;
  if (second === 'Prelu') return prelu(node, [made, rest[1]!], write);
  if (second === 'LeakyRelu')
    return unary(write, 'LeakyRelu', made, { alpha: float(node.attributes.float('leakyrelu_alpha', 0.2)) });
  if (!Object.hasOwn(activations, second)) throw formUnsupported(node, `merges ${fused.join(', ')}`);
  return activations[second]!(node, [made], write);
}

/** The gradient of a convolution at its input: a transposed convolution. */
const backpropInput: Translate = (node, [sizes, kernel, x], write) => {
  planes(node, x!);
  const target = sizes!.numbers;
  const { constant, dims } = kernel!;
  if (target?.length !== 4 || !target.slice(1).every(isFixed))
    throw formUnsupported(node, 'takes its size from the data');
  if (constant === undefined) throw formUnsupported(node, 'has a kernel that is not constant');
  // [height, width, out, in] is ONNX's [in, out, height, width].
  const weight = write.constant(kernel!, `${layerName(node, kernel)}/kernel`, { perm: KERNEL });
  const size = dims.slice(0, 2).map(Number);
  const strides = spatial(node, 'strides');
  const dilations = spatial(node, 'dilations');
  const output: Value = { ...x!, dims: [x!.dims[0]!, ...target.slice(1)] };
  const pads = padding(node, output, { size, strides, dilations });
  const extra = size.map((side, i) => {
    const full = (Number(x!.dims[i + 1]) - 1) * strides[i]! + (side - 1) * dilations[i]! + 1;
    return Number(target[i + 1]) - (full - pads[i]! - pads[i + 2]!);
  });
  if (extra.some((by, i) => by < 0 || by >= strides[i]!))
    throw formUnsupported(
      node,
      `makes [${target.map(toDim).join(', ')}] of [${x!.dims.map(toDim).join(', ')}]`,
    );
  return write.made(
    'ConvTranspose',
    [write.first(x!), weight],
    { dims: output.dims, isChannelsFirst: true },
    { kernel_shape: size, strides, dilations, pads, output_padding: extra },
  );
};

/** Products of matrices; a bias becomes a part of the operator where the input has two axes. */
const matMul: Translate = (node, [a, b, ...rest], write) => {
  const [turnA, turnB] = [node.attributes.bool('transpose_a'), node.attributes.bool('transpose_b')];
  if (a!.dims.length !== 2 || b!.dims.length !== 2)
    throw formUnsupported(node, 'has inputs without two axes');
  const dims = [a!.dims[turnA ? 1 : 0]!, b!.dims[turnB ? 0 : 1]!];
  const shared = [a!.dims[turnA ? 0 : 1]!, b!.dims[turnB ? 1 : 0]!];
  if (!isSameSize(shared[0]!, shared[1]!)) {
    const [left, right] = [a!, b!].map((value) => `[${value.dims.map(toDim).join(', ')}]`);
    throw formUnsupported(node, `multiplies ${left} by ${right}`);
  }
  const weight =
    b!.constant === undefined ? write.last(b!) : write.constant(b!, `${layerName(node, b)}/kernel`);
  const bias = fusedBias(node, rest);
  const made = write.made(
    'Gemm',
    [write.last(a!), weight, ...(bias === undefined ? [] : [writeBias(node, { bias, weight: b! }, write)])],
    { dims },
    { transA: Number(turnA), transB: Number(turnB) },
  );
  return withFused(node, made, rest, write);
};

const batchMatMul: Translate = (node, [a, b], write) => {
  const turned = (
    value: Value,
    isTurned: boolean,
  ): { readonly tensor: string; readonly dims: readonly Size[] } => {
    const rank = value.dims.length;
    if (!isTurned) return { tensor: write.last(value), dims: value.dims };
    const perm = value.dims.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
    return {
      tensor: write.builder.op('Transpose', [write.last(value)], { perm }),
      dims: perm.map((axis) => value.dims[axis]!),
    };
  };
  const left = turned(a!, node.attributes.bool('adj_x'));
  const right = turned(b!, node.attributes.bool('adj_y'));
  const [height, shared, own, width] = [...left.dims.slice(-2), ...right.dims.slice(-2)];
  const outer = broadcast(left.dims.slice(0, -2), right.dims.slice(0, -2));
  if (outer === undefined || width === undefined || !isSameSize(shared!, own!))
    throw formUnsupported(node, 'has inputs of sizes that do not fit');
  return write.made('MatMul', [left.tensor, right.tensor], { dims: [...outer, height!, width] });
};

/** Normalisation by statistics of the training. */
const batchNorm: Translate = (node, [x, ...parts], write) => {
  if (node.attributes.bool('is_training')) throw formUnsupported(node, 'is in training mode');
  planes(node, x!);
  const layer = layerName(node, parts[0]).replace(/\/(gamma|scale)$/, '');
  const names = ['weight', 'beta', 'moving_mean', 'moving_variance'];
  const inputs = parts.map((part, i) =>
    part.constant === undefined ? write.last(part) : write.constant(part, `${layer}/${names[i]!}`),
  );
  return write.made(
    'BatchNormalization',
    [write.first(x!), ...inputs.slice(0, 4)],
    { dims: x!.dims, isChannelsFirst: true },
    { epsilon: float(node.attributes.float('epsilon', 1e-4)) },
  );
};

/** Normalisation by neighbouring channels; TensorFlow's factor is of one channel, ONNX's of all. */
const localNorm: Translate = (node, [x], write) => {
  planes(node, x!);
  const { attributes } = node;
  const size = 2 * attributes.int('depth_radius', 5) + 1;
  return write.made(
    'LRN',
    [write.first(x!)],
    { dims: x!.dims, isChannelsFirst: true },
    {
      size,
      alpha: float(attributes.float('alpha', 1) * size),
      beta: float(attributes.float('beta', 0.5)),
      bias: float(attributes.float('bias', 1)),
    },
  );
};

/** Layers with learned weights. */
export const convolutions: OperatorTable = {
  Conv2D: convolution(false),
  _FusedConv2D: convolution(false),
  DepthwiseConv2d: convolution(true),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2dNative: convolution(true),
  Conv2DBackpropInput: backpropInput,
  MatMul: matMul,
  _FusedMatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  LRN: localNorm,
};
