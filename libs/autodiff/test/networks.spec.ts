import { float, float32, type GraphBuilder, int64 } from '@noema/onnx';
import { expect, it } from 'vitest';
import { type GradientCase, gradientError } from './finite-differences.js';

const scalar = (g: GraphBuilder, value: number): string => g.constant(float32([value], []));

/**
 * [batch of x, steps of x, …rest], put together at run time as exporters of networks with open sizes write
 * it.
 */
function openShape(g: GraphBuilder, x: string, rest: readonly number[]): string {
  const sizes = [0, 1].map((axis) =>
    g.op('Unsqueeze', [
      g.op('Gather', [g.op('Shape', [x]), g.constant(int64([axis], []))], { axis: 0 }),
      g.constant([0]),
    ]),
  );
  return g.op('Concat', [...sizes, g.constant(rest)], { axis: 0 });
}

/**
 * Two heads of three over x [n, steps, 6], with a causal mask, a residual, normalisation and a perceptron
 * with GELU by Erf.
 */
function transformerBlock(g: GraphBuilder): string {
  const heads = (weight: string, perm: number[]): string => {
    const projected = g.op('MatMul', ['x', weight]);
    return g.op('Transpose', [g.op('Reshape', [projected, openShape(g, projected, [2, 3])])], { perm });
  };
  const scores = g.op('Div', [
    g.op('MatMul', [heads('q', [0, 2, 1, 3]), heads('k', [0, 2, 3, 1])]),
    scalar(g, Math.sqrt(3)),
  ]);
  const later = g.op('Greater', [
    g.op('Unsqueeze', [g.op('Range', [scalar(g, 0), scalar(g, 4), scalar(g, 1)]), g.constant([0])]),
    g.op('Unsqueeze', [g.op('Range', [scalar(g, 0), scalar(g, 4), scalar(g, 1)]), g.constant([1])]),
  ]);
  const weights = g.op('Softmax', [g.op('Where', [later, scalar(g, -1e4), scores])], { axis: -1 });
  const mixed = g.op('Transpose', [g.op('MatMul', [weights, heads('v', [0, 2, 1, 3])])], {
    perm: [0, 2, 1, 3],
  });
  const attended = g.op('Add', [g.op('Reshape', [mixed, openShape(g, mixed, [-1])]), 'x']);
  const normal = g.op('LayerNormalization', [attended, 's', 'b'], { axis: -1, epsilon: float(1e-5) });
  const hidden = g.op('MatMul', [normal, 'w']);
  const gelu = g.op('Mul', [
    g.op('Mul', [hidden, scalar(g, 0.5)]),
    g.op('Add', [g.op('Erf', [g.op('Div', [hidden, scalar(g, Math.SQRT2)])]), scalar(g, 1)]),
  ]);
  return g.op('Gather', [gelu, g.constant(int64([0], []))], { axis: 1 });
}

/**
 * A convolution, normalisation of each map, squeeze and excitation (Hu et al., 2018), a shortcut, resizing,
 * and a mean over positions.
 */
function visionBlock(g: GraphBuilder): string {
  const convolved = g.op('HardSwish', [
    g.op('InstanceNormalization', [g.op('Conv', ['x', 'c'], { pads: [1, 1, 1, 1] }), 's', 'b']),
  ]);
  const squeezed = g.op('ReduceMean', [convolved, g.constant([2, 3])], { keepdims: 1 });
  const excited = g.op('Mul', [convolved, g.op('HardSigmoid', [g.op('Conv', [squeezed, 'e'])])]);
  const large = g.op('Resize', [g.op('Add', [excited, 'x']), '', g.constant(float32([1, 1, 2, 2]))], {
    mode: 'linear',
    coordinate_transformation_mode: 'half_pixel',
  });
  const pooled = g.op('AveragePool', [large], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  return g.op(
    'Gemm',
    [g.op('Flatten', [g.op('ReduceMean', [pooled, g.constant([2, 3])], { keepdims: 1 })]), 'o'],
    { transB: 1 },
  );
}

const weight = (...dims: number[]): { dims: number[]; fixed: true } => ({ dims, fixed: true });

const networks: GradientCase[] = [
  {
    name: 'a transformer block',
    inputs: {
      x: [2, 4, 6],
      q: weight(6, 6),
      k: weight(6, 6),
      v: weight(6, 6),
      s: weight(6),
      b: weight(6),
      w: weight(6, 5),
    },
    write: transformerBlock,
  },
  {
    name: 'a block of a vision network',
    inputs: {
      x: [2, 3, 4, 5],
      c: weight(3, 3, 3, 3),
      e: weight(3, 3, 1, 1),
      s: weight(3),
      b: weight(3),
      o: weight(4, 3),
    },
    write: visionBlock,
  },
];

it.each(networks.map((network) => [network.name, network] as const))(
  'the gradient of %s, as exporters write it with open sizes, equals finite differences',
  async (_, network) => {
    const { error } = await gradientError(network, { symbolic: true });
    expect(error).toBeLessThan(2e-2);
  },
);
