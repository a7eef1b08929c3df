import { float, float32, GraphBuilder, int64 } from '@noema/onnx';
import type { GradientCase } from './finite-differences.js';

export type { GradientCase } from './finite-differences.js';

const X = [2, 3, 4];
const unary = (
  opType: string,
  attributes = {},
  range: { low?: number; high?: number } = {},
): GradientCase => ({
  name: `${opType}${Object.keys(attributes).length === 0 ? '' : ` ${JSON.stringify(attributes)}`}`,
  inputs: { x: { dims: X, ...range } },
  write: (b) => b.op(opType, ['x'], attributes),
});
const binary = (opType: string, range = {}): GradientCase[] =>
  [
    [X, X],
    [X, [4]],
    [
      [3, 1],
      [2, 1, 4],
    ],
    [X, []],
    [[1, 4], X],
  ].map(([a, b]) => ({
    name: `${opType} [${a!.join()}] with [${b!.join()}]`,
    inputs: { a: { dims: a!, ...range }, b: { dims: b!, ...range } },
    write: (g: GraphBuilder) => g.op(opType, ['a', 'b']),
  }));
const conv = (
  name: string,
  {
    x,
    w,
    op = 'Conv',
    bias,
    ...attributes
  }: { x: number[]; w: number[]; op?: string; bias: number } & Record<string, unknown>,
): GradientCase => ({
  name: `${op} ${name}`,
  inputs: { x, w: { dims: w, fixed: true }, b: [bias] },
  write: (g) => g.op(op, ['x', 'w', 'b'], attributes as Record<string, number[]>),
});
const pool = (
  op: string,
  x: number[],
  attributes: Record<string, unknown>,
  avoid: string[] = [],
): GradientCase => ({
  name: `${op} ${JSON.stringify(attributes)}${avoid.map((a) => ` without ${a}`).join('')}`,
  inputs: { x },
  write: (g) => g.op(op, ['x'], attributes as Record<string, number[]>),
  avoid,
});
const reduce = (op: string, axes: number[] | undefined, keepdims: number): GradientCase => ({
  name: `${op} over ${axes?.join() ?? 'all'} keepdims ${keepdims}`,
  inputs: { x: X },
  write: (g) => g.op(op, axes === undefined ? ['x'] : ['x', g.constant(axes)], { keepdims }),
});

/** h′ = tanh(x + h w), y = h′ · h over the steps of x; the body reads w of the graph around it. */
const scan = (name: string, attributes: Record<string, number[]>, seriesDims: number[]): GradientCase => ({
  name: `Scan ${name}`,
  inputs: { h: [2, 3], x: seriesDims, w: { dims: [3, 3], fixed: true } },
  write(g) {
    const body = new GraphBuilder(undefined, 'steps', g);
    const [h, x] = [
      body.input('steps/h', ['b', 3], g.build().inputs[0]!.dataType),
      body.input('steps/x', ['b', 3], g.build().inputs[0]!.dataType),
    ];
    const after = body.op('Tanh', [body.op('Add', [x, body.op('MatMul', [h, 'w'])])]);
    for (const y of [after, body.op('Mul', [after, h])])
      body.output(y, ['b', 3], g.build().inputs[0]!.dataType);
    return g.ops('Scan', ['h', 'x'], { body: { graph: body.build() }, num_scan_inputs: 1, ...attributes }, 2);
  },
});

/** A recurrent operator of 3 units over 4 steps of 2 samples of 5 numbers. */
const recurrent = (
  op: string,
  gates: number,
  attributes: Record<string, unknown>,
  states = 1,
): GradientCase => {
  const directions = attributes['direction'] === 'bidirectional' ? 2 : 1;
  const first = Array.from({ length: states }, (_, i) => `h${i}`);
  return {
    name: `${op} ${JSON.stringify(attributes)}`,
    inputs: {
      x: [4, 2, 5],
      w: [directions, gates * 3, 5],
      r: [directions, gates * 3, 3],
      b: [directions, gates * 6],
      ...Object.fromEntries(first.map((name) => [name, [directions, 2, 3]])),
    },
    write: (g) =>
      g.ops(op, ['x', 'w', 'r', 'b', '', ...first], { hidden_size: 3, ...attributes }, 1 + states),
  };
};

/** Small graphs, at least one for every operator that has a gradient, in each form in which it has it. */
export const gradientCases: readonly GradientCase[] = [
  recurrent('LSTM', 4, {}, 2),
  recurrent('LSTM', 4, { direction: 'bidirectional' }, 2),
  recurrent(
    'LSTM',
    4,
    {
      direction: 'reverse',
      activations: ['HardSigmoid', 'Tanh', 'Softsign'],
      activation_alpha: { floats: [0.3] },
      activation_beta: { floats: [0.4] },
    },
    2,
  ),
  recurrent('GRU', 3, {}),
  recurrent('GRU', 3, { linear_before_reset: 1, direction: 'bidirectional' }),
  recurrent('RNN', 1, { activations: ['Tanh'] }),
  {
    name: 'LSTM that starts from zeros, its last state alone',
    inputs: { x: [4, 2, 5], w: [1, 12, 5], r: [1, 12, 3] },
    write: (g) => g.ops('LSTM', ['x', 'w', 'r'], { hidden_size: 3 }, 3)[1]!,
  },
  ...['HardSwish', 'Mish', 'Celu', 'Tan', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Dropout'].map((op) => unary(op)),
  unary('HardSwish', {}, { low: -5, high: 5 }),
  unary('Celu', { alpha: float(0.6) }),
  unary('ThresholdedRelu', { alpha: float(0.05) }, { low: -3, high: 3 }),
  ...['Asin', 'Acos', 'Atanh'].map((op) => unary(op, {}, { low: -0.8, high: 0.8 })),
  unary('Acosh', {}, { low: 1.5, high: 3 }),
  ...['ReduceL1', 'ReduceProd', 'ReduceLogSum'].flatMap((op): GradientCase[] =>
    [reduce(op, [1], 1), reduce(op, [-1, 0], 0)].map((one) => ({
      ...one,
      inputs: { x: { dims: X, low: 0.5, high: 1.5 } },
    })),
  ),
  unary('LpNormalization', { axis: 1 }),
  unary('LpNormalization', { axis: -1, p: 1 }),
  {
    name: 'MatMul of vectors',
    inputs: { a: { dims: [4], fixed: true }, b: { dims: [4], fixed: true } },
    write: (g) => g.op('MatMul', ['a', 'b']),
  },
  {
    name: 'MatMul of a vector with batches',
    inputs: { a: [4], b: [2, 4, 5] },
    write: (g) => g.op('MatMul', ['a', 'b']),
  },
  {
    name: 'MatMul of batches with a vector',
    inputs: { a: [2, 3, 4], b: [4] },
    write: (g) => g.op('MatMul', ['a', 'b']),
  },
  {
    name: 'MatMul of what has an unknown rank',
    inputs: { a: [2, 3, 4], b: [2, 4, 5] },
    write: (g) => g.op('MatMul', [g.op('Reshape', ['a', g.op('Shape', ['a'])]), g.op('Mul', ['b', 'b'])]),
  },
  {
    name: 'Einsum of attention',
    inputs: { q: [2, 3, 2, 4], k: [2, 5, 2, 4] },
    write: (g) => g.op('Einsum', ['q', 'k'], { equation: 'bthd,bshd->bhts' }),
  },
  {
    name: 'Einsum that sums an operand alone',
    inputs: { a: [2, 3], b: [3, 4, 2] },
    write: (g) => g.op('Einsum', ['a', 'b'], { equation: 'ij, jkl -> ik' }),
  },
  {
    name: 'Einsum of three, without a right side',
    inputs: { a: [2, 3], b: [3, 4], c: [4, 5] },
    write: (g) => g.op('Einsum', ['a', 'b', 'c'], { equation: 'ij,jk,kl' }),
  },
  {
    name: 'Gather of rows of the last axis',
    inputs: { x: [2, 3, 4] },
    write: (g) => g.op('Gather', ['x', g.constant(int64([-1, 0, 3, 3, 1, 1], [3, 2]))], { axis: -1 }),
  },
  {
    name: 'Gather of one row',
    inputs: { x: [3, 4] },
    write: (g) => g.op('Gather', ['x', g.constant(int64([1], []))], { axis: 0 }),
  },
  {
    name: 'GatherElements',
    inputs: { x: [3, 3] },
    write: (g) => g.op('GatherElements', ['x', g.constant(int64([1, 2, 0, 1, 1, 0], [2, 3]))], { axis: 0 }),
  },
  {
    name: 'GatherND',
    inputs: { x: [3, 4, 2] },
    write: (g) => g.op('GatherND', ['x', g.constant(int64([0, 1, 2, 3, 0, 1], [3, 2]))]),
  },
  {
    name: 'ScatterElements',
    inputs: { x: [3, 3], u: [2, 3] },
    write: (g) =>
      g.op('ScatterElements', ['x', g.constant(int64([1, 2, 0, 0, 1, 1], [2, 3])), 'u'], { axis: 0 }),
  },
  {
    name: 'ScatterND',
    inputs: { x: [4, 3], u: [2, 3] },
    write: (g) => g.op('ScatterND', ['x', g.constant(int64([2, 0], [2, 1])), 'u']),
  },
  {
    name: 'ScatterND that adds',
    inputs: { x: [4, 3], u: [2, 3] },
    write: (g) => g.op('ScatterND', ['x', g.constant(int64([2, 0], [2, 1])), 'u'], { reduction: 'add' }),
  },
  {
    name: 'TopK',
    inputs: { x: [3, 5] },
    write: (g) => g.ops('TopK', ['x', g.constant([2])], { axis: 1 }, 2)[0]!,
  },
  {
    name: 'Trilu',
    inputs: { x: [2, 4, 4] },
    write: (g) => g.op('Trilu', ['x', g.constant(int64([-1], []))], { upper: 0 }),
  },
  { name: 'CumSum', inputs: { x: X }, write: (g) => g.op('CumSum', ['x', g.constant(int64([1], []))]) },
  {
    name: 'CumSum exclusive from the end',
    inputs: { x: X },
    write: (g) => g.op('CumSum', ['x', g.constant(int64([2], []))], { exclusive: 1, reverse: 1 }),
  },
  {
    name: 'ReverseSequence',
    inputs: { x: [4, 2, 3] },
    write: (g) => g.op('ReverseSequence', ['x', g.constant([2, 4])]),
  },
  { name: 'Tile', inputs: { x: [2, 3] }, write: (g) => g.op('Tile', ['x', g.constant([2, 3])]) },
  ...['reflect', 'edge', 'wrap'].map(
    (mode): GradientCase => ({
      name: `Pad ${mode}`,
      inputs: { x: [3, 4] },
      write: (g) => g.op('Pad', ['x', g.constant([1, 2, 2, 1])], { mode }),
    }),
  ),
  ...['DCR', 'CRD'].map(
    (mode): GradientCase => ({
      name: `DepthToSpace ${mode}`,
      inputs: { x: [2, 8, 2, 3] },
      write: (g) => g.op('DepthToSpace', ['x'], { blocksize: 2, mode }),
    }),
  ),
  {
    name: 'SpaceToDepth',
    inputs: { x: [2, 2, 4, 6] },
    write: (g) => g.op('SpaceToDepth', ['x'], { blocksize: 2 }),
  },
  ...[
    { mode: 'linear' },
    { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
    { mode: 'linear', coordinate_transformation_mode: 'asymmetric' },
    { mode: 'cubic', cubic_coeff_a: float(-0.75) },
    { mode: 'nearest', nearest_mode: 'ceil' },
    { mode: 'linear', antialias: 1 },
  ].flatMap((attributes): GradientCase[] => [
    {
      name: `Resize by scales ${JSON.stringify(attributes)}`,
      inputs: { x: [2, 2, 4, 5] },
      write: (g) => g.op('Resize', ['x', '', g.constant(float32([1, 1, 1.5, 2]))], attributes),
    },
    {
      name: `Resize to sizes ${JSON.stringify(attributes)}`,
      inputs: { x: [2, 2, 4, 5] },
      write: (g) => g.op('Resize', ['x', '', '', g.constant([2, 2, 3, 7])], attributes),
    },
  ]),
  {
    name: 'InstanceNormalization',
    inputs: { x: [2, 3, 2, 4], s: [3], b: [3] },
    write: (g) => g.op('InstanceNormalization', ['x', 's', 'b'], { epsilon: float(0.01) }),
  },
  {
    name: 'GroupNormalization',
    inputs: { x: [2, 4, 2, 3], s: [2], b: [2] },
    write: (g) => g.op('GroupNormalization', ['x', 's', 'b'], { num_groups: 2, epsilon: float(0.01) }),
  },
  ...[3, 5].map(
    (size): GradientCase => ({
      name: `LRN ${size}`,
      inputs: { x: [2, 5, 2, 3] },
      write: (g) => g.op('LRN', ['x'], { size, alpha: float(0.5), beta: float(0.75), bias: float(1) }),
    }),
  ),
  conv('transposed with output_padding', {
    op: 'ConvTranspose',
    x: [2, 3, 4, 4],
    w: [3, 2, 2, 2],
    bias: 2,
    strides: [3, 3],
    output_padding: [1, 1],
  }),
  scan('over the first axis', {}, [4, 2, 3]),
  scan(
    'from the end, over other axes',
    { scan_input_axes: [1], scan_input_directions: [1], scan_output_axes: [1], scan_output_directions: [1] },
    [2, 4, 3],
  ),
  ...[
    'Identity',
    'Neg',
    'Exp',
    'Erf',
    'Sin',
    'Cos',
    'Sigmoid',
    'Tanh',
    'Softplus',
    'Softsign',
    'Abs',
    'Relu',
    'LeakyRelu',
    'Elu',
    'Selu',
    'HardSigmoid',
    'Gelu',
  ].map((op) => unary(op)),
  unary('LeakyRelu', { alpha: float(0.3) }),
  unary('Elu', { alpha: float(0.7) }),
  unary('Gelu', { approximate: 'tanh' }),
  unary('HardSigmoid', { alpha: float(0.5) }, { low: -4, high: 4 }),
  unary('Log', {}, { low: 0.5, high: 2 }),
  unary('Sqrt', {}, { low: 0.5, high: 2 }),
  unary('Reciprocal', {}, { low: 0.5, high: 2 }),
  unary('Softmax'),
  unary('Softmax', { axis: 1 }),
  unary('LogSoftmax'),
  unary('LogSoftmax', { axis: 1 }),
  unary('GlobalAveragePool'),
  unary('GlobalMaxPool'),
  unary('Flatten'),
  unary('Flatten', { axis: 2 }),
  unary('Transpose', { perm: [2, 0, 1] }),
  unary('Transpose'),
  { name: 'Cast', inputs: { x: X }, write: (g) => g.op('Cast', [g.op('Cast', ['x'], { to: 1 })], { to: 1 }) },
  ...binary('Add'),
  ...binary('Sub'),
  ...binary('Mul'),
  ...binary('Div', { low: 0.5, high: 2 }),
  ...binary('Pow', { low: 0.5, high: 2 }),
  ...binary('Max'),
  ...binary('Min'),
  ...['Sum', 'Mean', 'Max', 'Min'].map(
    (op): GradientCase => ({
      name: `${op} of three`,
      inputs: { a: X, b: [3, 1], c: [4] },
      write: (g) => g.op(op, ['a', 'b', 'c']),
    }),
  ),
  { name: 'PRelu', inputs: { x: X, slope: [3, 1] }, write: (g) => g.op('PRelu', ['x', 'slope']) },
  {
    name: 'Clip',
    inputs: { x: X },
    write: (g) => g.op('Clip', ['x', g.constant(float32([-0.4], [])), g.constant(float32([0.3], []))]),
  },
  {
    name: 'Clip below only',
    inputs: { x: X },
    write: (g) => g.op('Clip', ['x', g.constant(float32([-0.4], []))]),
  },
  {
    name: 'Where',
    inputs: { x: X, y: [4] },
    write: (g) => g.op('Where', [g.op('Greater', ['x', 'y']), 'x', 'y']),
  },
  ...[
    'ReduceSum',
    'ReduceMean',
    'ReduceMax',
    'ReduceMin',
    'ReduceLogSumExp',
    'ReduceSumSquare',
    'ReduceL2',
  ].flatMap((op) => [reduce(op, [1], 1), reduce(op, [-1, 0], 0), reduce(op, undefined, 0)]),
  {
    name: 'Gemm',
    inputs: { a: [3, 4], b: [4, 2], c: [2] },
    write: (g) => g.op('Gemm', ['a', 'b', 'c'], { alpha: float(0.5), beta: float(2) }),
  },
  {
    name: 'Gemm transA transB',
    inputs: { a: [4, 3], b: [2, 4], c: [3, 1] },
    write: (g) => g.op('Gemm', ['a', 'b', 'c'], { transA: 1, transB: 1 }),
  },
  {
    name: 'Gemm transA',
    inputs: { a: [4, 3], b: [4, 2] },
    write: (g) => g.op('Gemm', ['a', 'b'], { transA: 1 }),
  },
  {
    name: 'Gemm transB',
    inputs: { a: [3, 4], b: [2, 4] },
    write: (g) => g.op('Gemm', ['a', 'b'], { transB: 1 }),
  },
  {
    name: 'MatMul by a matrix',
    inputs: { a: X, b: { dims: [4, 5], fixed: true } },
    write: (g) => g.op('MatMul', ['a', 'b']),
  },
  {
    name: 'MatMul in batches',
    inputs: { a: [2, 3, 4], b: [1, 4, 5] },
    write: (g) => g.op('MatMul', ['a', 'b']),
  },
  {
    name: 'MatMul of a matrix with batches',
    inputs: { a: [3, 4], b: [2, 4, 5] },
    write: (g) => g.op('MatMul', ['a', 'b']),
  },
  { name: 'Reshape', inputs: { x: X }, write: (g) => g.op('Reshape', ['x', g.constant([4, -1])]) },
  { name: 'Squeeze', inputs: { x: [2, 1, 3] }, write: (g) => g.op('Squeeze', ['x', g.constant([1])]) },
  { name: 'Unsqueeze', inputs: { x: [2, 3] }, write: (g) => g.op('Unsqueeze', ['x', g.constant([1])]) },
  { name: 'Expand', inputs: { x: [3, 1] }, write: (g) => g.op('Expand', ['x', g.constant([2, 3, 4])]) },
  {
    name: 'Concat',
    inputs: { a: [2, 3], b: [2, 1], c: [2, 2] },
    write: (g) => g.op('Concat', ['a', 'b', 'c'], { axis: -1 }),
  },
  {
    name: 'Split, one part unused',
    inputs: { x: [2, 6] },
    write: (g) => g.ops('Split', ['x', g.constant([1, 2, 3])], { axis: 1 }, 3).slice(1),
  },
  {
    name: 'Slice',
    inputs: { x: [4, 5] },
    write: (g) => g.op('Slice', ['x', g.constant([1, -4]), g.constant([3, 100]), g.constant([0, 1])]),
  },
  {
    name: 'Slice backwards by two',
    inputs: { x: [4, 5] },
    write: (g) =>
      g.op('Slice', ['x', g.constant([-1]), g.constant([-100]), g.constant([1]), g.constant([-2])]),
  },
  {
    name: 'Gather',
    inputs: { x: [4, 3] },
    write: (g) => g.op('Gather', ['x', g.constant(int64([1, 3, 1, 0], [2, 2]))], { axis: 0 }),
  },
  { name: 'Pad', inputs: { x: [2, 3] }, write: (g) => g.op('Pad', ['x', g.constant([0, 1, 2, 3])]) },
  {
    name: 'Pad that cuts',
    inputs: { x: [2, 5] },
    write: (g) => g.op('Pad', ['x', g.constant([0, -1, 1, -2])]),
  },
  {
    name: 'Resize',
    inputs: { x: [2, 2, 3, 2] },
    write: (g) =>
      g.op('Resize', ['x', '', g.constant(float32([1, 1, 2, 3]))], {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
  },
  conv('3×3', { x: [2, 2, 5, 6], w: [3, 2, 3, 3], bias: 3 }),
  conv('padded', { x: [2, 2, 5, 6], w: [3, 2, 3, 3], bias: 3, pads: [1, 0, 2, 1] }),
  conv('strided', { x: [2, 2, 6, 7], w: [3, 2, 3, 2], bias: 3, strides: [2, 3] }),
  conv('strided and padded', {
    x: [2, 2, 6, 7],
    w: [3, 2, 3, 3],
    bias: 3,
    strides: [2, 2],
    pads: [0, 1, 1, 1],
  }),
  conv('dilated', { x: [2, 2, 7, 7], w: [3, 2, 3, 2], bias: 3, dilations: [2, 3], pads: [1, 1, 1, 1] }),
  conv('in groups', { x: [2, 4, 5, 5], w: [6, 2, 3, 3], bias: 6, group: 2, pads: [1, 1, 1, 1] }),
  conv('depthwise strided', {
    x: [3, 3, 6, 6],
    w: [6, 1, 3, 3],
    bias: 6,
    group: 3,
    strides: [2, 2],
    pads: [0, 0, 1, 1],
  }),
  conv('1-D', { x: [2, 3, 9], w: [4, 3, 3], bias: 4, strides: [2], pads: [1, 1] }),
  conv('3-D', { x: [1, 2, 4, 4, 3], w: [2, 2, 2, 2, 2], bias: 2 }),
  conv('', {
    op: 'ConvTranspose',
    x: [2, 3, 4, 4],
    w: [3, 2, 3, 3],
    bias: 2,
    strides: [2, 2],
    pads: [1, 1, 0, 0],
  }),
  conv('in groups', { op: 'ConvTranspose', x: [2, 4, 3, 3], w: [4, 1, 2, 2], bias: 2, group: 2 }),
  pool('MaxPool', [2, 2, 5, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool('MaxPool', [2, 2, 5, 6], { kernel_shape: [2, 2], strides: [2, 2] }, ['MaxUnpool']),
  pool('MaxPool', [2, 2, 5, 6], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  pool('MaxPool', [2, 2, 5, 6], { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 1, 0] }),
  pool('MaxPool', [2, 2, 8], { kernel_shape: [2], strides: [2] }),
  pool('AveragePool', [2, 2, 5, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool('AveragePool', [2, 2, 5, 6], { kernel_shape: [3, 2], strides: [1, 1], pads: [1, 0, 1, 1] }),
  pool('AveragePool', [2, 2, 5, 6], {
    kernel_shape: [3, 2],
    strides: [2, 1],
    pads: [1, 0, 1, 1],
    count_include_pad: 1,
  }),
  pool('AveragePool', [2, 2, 7], { kernel_shape: [3], strides: [2] }),
  {
    name: 'BatchNormalization',
    inputs: { x: [3, 2, 4, 2], s: [2], b: [2], m: [2], v: { dims: [2], low: 0.5, high: 2 } },
    write: (g) => g.op('BatchNormalization', ['x', 's', 'b', 'm', 'v'], { epsilon: float(1e-3) }),
  },
  {
    name: 'BatchNormalization of a matrix',
    inputs: { x: [3, 2], s: [2], b: [2], m: [2], v: { dims: [2], low: 0.5, high: 2 } },
    write: (g) => g.op('BatchNormalization', ['x', 's', 'b', 'm', 'v']),
  },
  {
    name: 'LayerNormalization',
    inputs: { x: [3, 2, 4], s: [4], b: [4] },
    write: (g) => g.op('LayerNormalization', ['x', 's', 'b'], { axis: -1, epsilon: float(1e-3) }),
  },
  {
    name: 'LayerNormalization over two axes',
    inputs: { x: [3, 2, 4], s: [2, 4] },
    write: (g) => g.op('LayerNormalization', ['x', 's'], { axis: 1 }),
  },
  {
    name: 'two ways through one tensor',
    inputs: { x: X },
    write: (g) => g.op('Mul', [g.op('Tanh', ['x']), g.op('Add', ['x', g.op('Exp', ['x'])])]),
  },
  { name: 'two outputs', inputs: { x: X }, write: (g) => [g.op('Tanh', ['x']), g.op('Exp', ['x'])] },
];
