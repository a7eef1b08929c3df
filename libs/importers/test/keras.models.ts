type Config = Readonly<Record<string, unknown>>;

/** A model by which the export to Keras is tested: topologies as Keras 2 writes them. */
export interface KerasCase {
  readonly name: string;
  readonly topology: object;
  /** Inputs are whole numbers below this one. */
  readonly below?: number;
}

type Step = readonly [kind: string, config: Config];

const chain = (name: string, shape: readonly number[], ...steps: readonly Step[]): KerasCase => ({
  name,
  topology: {
    class_name: 'Sequential',
    config: {
      name: 'net',
      layers: [
        { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, ...shape] } },
        ...steps.map(([kind, config], at) => ({
          class_name: kind,
          config: { name: `layer${at}`, ...config },
        })),
      ],
    },
  },
});

interface GraphLayer {
  readonly kind: string;
  readonly name: string;
  readonly config?: Config;
  /** Calls, each by the layers, or by layer, call and tensor. */
  readonly calls?: readonly (readonly (string | readonly [string, number, number])[])[];
}
const graph = (name: string, layers: readonly GraphLayer[], outputs: readonly string[]): KerasCase => ({
  name,
  topology: functional(layers, outputs),
});
const functional = (layers: readonly GraphLayer[], outputs: readonly string[]): object => ({
  class_name: 'Functional',
  config: {
    name: 'net',
    layers: layers.map(({ kind, name, config = {}, calls = [] }) => ({
      class_name: kind,
      name,
      config: { name, ...config },
      inbound_nodes: calls.map((call) =>
        call.map((source) => (typeof source === 'string' ? [source, 0, 0, {}] : [...source, {}])),
      ),
    })),
    input_layers: layers.filter(({ kind }) => kind === 'InputLayer').map(({ name }) => [name, 0, 0]),
    output_layers: outputs.map((name) => [name, 0, 0]),
  },
});
const input = (name: string, ...shape: number[]): GraphLayer => ({
  kind: 'InputLayer',
  name,
  config: { batch_input_shape: [null, ...shape] },
});
const dense = (name: string, units: number, ...calls: string[][]): GraphLayer => ({
  kind: 'Dense',
  name,
  config: { units, activation: 'tanh' },
  calls,
});

/** As Keras 3 writes a type. */
const POLICY = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } };
const conv = { filters: 3, kernel_size: 3 };
const pool = { pool_size: 2 };
const PLANES: readonly Step[] = [
  ['Conv2D', { ...conv, padding: 'same', strides: 2, activation: 'relu' }],
  ['Conv2DTranspose', { ...conv, strides: 2 }],
  ['DepthwiseConv2D', { kernel_size: 3, depth_multiplier: 2 }],
  ['SeparableConv2D', { ...conv, activation: 'gelu' }],
  ['MaxPooling2D', pool],
  ['AveragePooling2D', { ...pool, padding: 'same' }],
  ['GlobalAveragePooling2D', { keepdims: true }],
  ['GlobalMaxPooling2D', {}],
  ['BatchNormalization', { scale: false }],
  ['LayerNormalization', {}],
  [
    'ZeroPadding2D',
    {
      padding: [
        [1, 2],
        [0, 1],
      ],
    },
  ],
  ['Cropping2D', { cropping: 1 }],
  ['UpSampling2D', { size: [2, 3], interpolation: 'bilinear', dtype: POLICY }],
  ['Dense', { units: 3, activation: 'hard_sigmoid', dtype: POLICY }],
  ['UpSampling2D', { size: [2, 2] }],
  ['SpatialDropout2D', { rate: 0.5 }],
  ['PReLU', { shared_axes: [1, 2] }],
  ['Rescaling', { scale: 0.5, offset: 1 }],
];
const SERIES: readonly Step[] = [
  ['Conv1D', { ...conv, padding: 'causal', dilation_rate: 2 }],
  ['DepthwiseConv1D', { kernel_size: 2 }],
  ['SeparableConv1D', conv],
  ['Conv1DTranspose', conv],
  ['MaxPooling1D', pool],
  ['AveragePooling1D', pool],
  ['GlobalMaxPooling1D', {}],
  ['SimpleRNN', { units: 3 }],
  ['GRU', { units: 3, return_sequences: true }],
  ['GRU', { units: 3, reset_after: false }],
  ['LSTM', { units: 3, go_backwards: true, use_bias: false }],
  [
    'Bidirectional',
    { layer: { class_name: 'GRU', config: { name: 'gru', units: 3 } }, merge_mode: 'concat' },
  ],
  ['TimeDistributed', { layer: { class_name: 'Dense', config: { name: 'inner', units: 3 } } }],
  ['ZeroPadding1D', { padding: 1 }],
  ['Cropping1D', { cropping: 1 }],
  ['UpSampling1D', { size: 2 }],
  ['Permute', { dims: [2, 1] }],
  ['Reshape', { target_shape: [4, 6] }],
  ['Flatten', {}],
  ['Softmax', { axis: -1 }],
  ['Normalization', { axis: -1 }],
];
const NUMBERS: readonly Step[] = [
  [
    'Dense',
    { units: 3, activation: 'softmax', kernel_regularizer: { class_name: 'L2', config: { l2: 0.01 } } },
  ],
  ['Activation', { activation: 'swish' }],
  ['ReLU', { max_value: 6, negative_slope: 0.1 }],
  ['LeakyReLU', { alpha: 0.2 }],
  ['ELU', { alpha: 0.7 }],
  ['Dropout', { rate: 0.5 }],
  ['GaussianNoise', { stddev: 0.1 }],
  ['GaussianDropout', { rate: 0.1 }],
  ['AlphaDropout', { rate: 0.1 }],
  ['RepeatVector', { n: 3 }],
];
const VOLUMES: readonly Step[] = [
  ['Conv3D', { filters: 2, kernel_size: 2 }],
  ['Conv3DTranspose', { filters: 2, kernel_size: 2 }],
  ['MaxPooling3D', pool],
  ['AveragePooling3D', pool],
  ['GlobalAveragePooling3D', {}],
  ['GlobalMaxPooling3D', {}],
  ['ZeroPadding3D', { padding: 1 }],
  ['Cropping3D', { cropping: 1 }],
  ['UpSampling3D', { size: 2 }],
];
const MERGES = ['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate'] as const;
const ACTIVATIONS = [
  ...['relu', 'relu6', 'elu', 'selu', 'gelu', 'sigmoid', 'tanh', 'softplus', 'softsign', 'swish', 'mish'],
  ...['softmax', 'log_softmax', 'exponential', 'leaky_relu'],
];

/** Every kind of layer that Keras 3 has too, and the ways in which layers are connected. */
export const kerasCases: readonly KerasCase[] = [
  ...PLANES.map((step, at) => chain(`${step[0]} ${at}`, [6, 7, 2], step)),
  ...SERIES.map((step, at) => chain(`${step[0]} ${at}`, [6, 4], step)),
  ...NUMBERS.map((step) => chain(step[0], [5], step)),
  ...VOLUMES.map((step) => chain(step[0], [4, 3, 5, 2], step)),
  ...ACTIVATIONS.map((activation) =>
    chain(`activation ${activation}`, [5], ['Dense', { units: 4, activation }]),
  ),
  ...MERGES.map((kind) =>
    graph(kind, [input('a', 4), input('b', 4), { kind, name: 'out', calls: [['a', 'b']] }], ['out']),
  ),
  graph(
    'Dot',
    [input('a', 4), input('b', 4), { kind: 'Dot', name: 'out', config: { axes: 1 }, calls: [['a', 'b']] }],
    ['out'],
  ),
  {
    ...chain(
      'Embedding',
      [6],
      ['Embedding', { input_dim: 9, output_dim: 3, input_length: 6 }],
      ['LSTM', { units: 3 }],
    ),
    below: 9,
  },
  chain('ConvLSTM2D', [3, 5, 5, 2], ['ConvLSTM2D', { filters: 2, kernel_size: 3 }]),
  graph(
    'MultiHeadAttention',
    [
      input('a', 6, 4),
      {
        kind: 'MultiHeadAttention',
        name: 'out',
        config: { num_heads: 2, key_dim: 3 },
        calls: [['a', 'a']],
      },
    ],
    ['out'],
  ),
  graph(
    'GRU with a first state',
    [
      input('a', 6, 4),
      input('s', 3),
      { kind: 'GRU', name: 'out', config: { units: 3 }, calls: [['a', 's']] },
    ],
    ['out'],
  ),
  graph(
    'branches of other lengths, listed in another order than Keras keeps them',
    [
      input('x', 4),
      dense('last', 3, ['sum']),
      dense('short', 5, ['x']),
      dense('long3', 5, ['long2']),
      dense('long1', 4, ['x']),
      dense('long2', 6, ['long1']),
      { kind: 'Add', name: 'sum', calls: [['short', 'long3']] },
      dense('side', 2, ['long1']),
    ],
    ['last', 'side'],
  ),
  graph(
    'a layer called twice',
    [
      input('a', 4),
      input('b', 4),
      dense('first', 4, ['b']),
      dense('shared', 4, ['a'], ['first']),
      {
        kind: 'Concatenate',
        name: 'join',
        calls: [
          [
            ['shared', 0, 0],
            ['shared', 1, 0],
          ],
        ],
      },
      dense('out', 2, ['join']),
    ],
    ['out'],
  ),
  graph(
    'a model within a model',
    [
      input('x', 4),
      {
        kind: 'Functional',
        name: 'inner',
        config: (
          functional(
            [
              input('y', 4),
              dense('one', 4, ['y']),
              dense('two', 3, ['one']),
              dense('three', 3, ['one']),
              { kind: 'Add', name: 'sum', calls: [['three', 'two']] },
            ],
            ['sum'],
          ) as { config: Config }
        ).config,
        calls: [['x']],
      },
      dense('one', 2, ['inner']),
    ],
    ['one'],
  ),
];

/** Models that are adapted: pictures of three classes, series, and a layer that is called twice. */
export const adaptedBases: readonly KerasCase[] = [
  graph(
    'pictures',
    [
      input('x', 8, 8, 3),
      {
        kind: 'Conv2D',
        name: 'conv',
        config: { filters: 4, kernel_size: 3, activation: 'relu' },
        calls: [['x']],
      },
      { kind: 'BatchNormalization', name: 'norm', calls: [['conv']] },
      { kind: 'Flatten', name: 'flat', calls: [['norm']] },
      { kind: 'Dropout', name: 'drop', config: { rate: 0.5 }, calls: [['flat']] },
      { kind: 'Dense', name: 'classes', config: { units: 3, activation: 'softmax' }, calls: [['drop']] },
    ],
    ['classes'],
  ),
  graph(
    'series',
    [
      input('x', 6, 3),
      { kind: 'GRU', name: 'steps', config: { units: 4, return_sequences: true }, calls: [['x']] },
      { kind: 'GlobalMaxPooling1D', name: 'pool', calls: [['steps']] },
      dense('y', 2, ['pool']),
    ],
    ['y'],
  ),
  graph(
    'shared',
    [
      input('x', 4),
      {
        kind: 'Dense',
        name: 'twice',
        config: { units: 4, activation: 'tanh' },
        calls: [['x'], [['twice', 0, 0]]],
      },
      { kind: 'Dense', name: 'y', config: { units: 2 }, calls: [[['twice', 1, 0]]] },
    ],
    ['y'],
  ),
];
