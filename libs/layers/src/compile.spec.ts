import { describe, expect, it } from 'vitest';
import { compileLayers } from './index.js';

type Config = Record<string, unknown>;
const layer = (kind: string, config: Config = {}) => ({ class_name: kind, config });
const sequential = (...layers: unknown[]) => ({ class_name: 'Sequential', config: { name: 'net', layers } });
const inference = { mode: 'inference' } as const;

const digits = sequential(
  layer('Conv2D', {
    name: 'conv1',
    filters: 32,
    kernel_size: 3,
    activation: 'relu',
    batch_input_shape: [null, 28, 28, 1],
  }),
  layer('MaxPooling2D', { name: 'pool1', pool_size: 2 }),
  layer('Conv2D', { name: 'conv2', filters: 64, kernel_size: 3, activation: 'relu' }),
  layer('MaxPooling2D', { name: 'pool2', pool_size: 2 }),
  layer('Dropout', { name: 'drop1', rate: 0.4 }),
  layer('Flatten', { name: 'flat' }),
  layer('Dense', { name: 'dense1', units: 128, activation: 'relu' }),
  layer('Dropout', { name: 'drop2', rate: 0.3 }),
  layer('Dense', { name: 'logits', units: 10, activation: 'softmax' }),
);

describe('the CNN of the walk', () => {
  const compiled = compileLayers(digits, inference);

  it('costs what a graph written by hand costs', () => {
    expect(compiled.graph.nodes.map(({ opType }) => opType)).toEqual([
      'Reshape',
      'Conv',
      'Relu',
      'MaxPool',
      'Conv',
      'Relu',
      'MaxPool',
      'Transpose',
      'Reshape',
      'Gemm',
      'Relu',
      'Gemm',
      'Softmax',
    ]);
  });
  it('has its inputs in the promised order: data, parameters, masks', () => {
    const training = compileLayers(digits, { mode: 'training' });
    expect(training.graph.inputs.map(({ name }) => name)).toEqual([
      'conv1_input',
      'conv1/kernel',
      'conv1/bias',
      'conv2/kernel',
      'conv2/bias',
      'dense1/kernel',
      'dense1/bias',
      'logits/kernel',
      'logits/bias',
      'drop1/mask',
      'drop2/mask',
    ]);
    expect(training.inputs).toEqual([{ name: 'conv1_input', dims: ['n', 28, 28, 1] }]);
    expect(training.masks).toEqual([
      { name: 'drop1/mask', dims: ['n', 64, 5, 5], rate: 0.4 },
      { name: 'drop2/mask', dims: ['n', 128], rate: 0.3 },
    ]);
  });
  it('shows its learned layers after their non-linearity, and the logits', () => {
    const made = new Map(
      compiled.graph.nodes.flatMap(({ opType, outputs }) => outputs.map((output) => [output, opType])),
    );
    expect(
      compiled.layers.map((l) => [
        l.name,
        l.units,
        l.spatial,
        l.unitAxis,
        l.positionAxes,
        l.isConvolution,
        made.get(l.activation),
      ]),
    ).toEqual([
      ['conv1', 32, [26, 26], 1, [2, 3], true, 'Relu'],
      ['conv2', 64, [11, 11], 1, [2, 3], true, 'Relu'],
      ['dense1', 128, [], 1, [], false, 'Relu'],
      ['logits', 10, [], 1, [], false, 'Gemm'],
    ]);
    expect(compiled.outputs).toEqual([
      {
        name: 'logits',
        tensor: compiled.graph.nodes.at(-1)!.outputs[0],
        dims: ['n', 10],
        logits: compiled.layers[3]!.activation,
        nonLinearity: 'softmax',
      },
    ]);
  });
  it('keeps its layers and parameters whatever the mode', () => {
    const training = compileLayers(digits, { mode: 'training' });
    const plain = (model: typeof training) => [
      model.layers.map(({ name, dims }) => [name, dims]),
      model.parameters.map(({ name, dims, graphDims }) => [name, dims, graphDims]),
    ];
    expect(plain(training)).toEqual(plain(compiled));
  });
});

describe('activations', () => {
  const kinds = (...layers: unknown[]) => {
    const compiled = compileLayers(sequential(...layers), inference);
    const made = new Map(
      compiled.graph.nodes.flatMap(({ opType, outputs }) => outputs.map((output) => [output, opType])),
    );
    return compiled.layers.map(({ name, activation }) => `${name}: ${made.get(activation)!}`);
  };
  const conv = layer('Conv2D', { name: 'c', filters: 2, kernel_size: 3, batch_input_shape: [null, 8, 8, 1] });
  it.each([
    ['in a layer of its own', [conv, layer('ReLU')], ['c: Relu']],
    [
      'behind normalisation',
      [conv, layer('BatchNormalization'), layer('Activation', { activation: 'tanh' })],
      ['c: Tanh'],
    ],
    ['nowhere', [conv, layer('Flatten'), layer('ReLU')], ['c: Conv']],
    ['is a softmax: the logits are taken', [conv, layer('Softmax')], ['c: Conv']],
  ])('%s', (_, layers, expected) => {
    expect(kinds(...layers)).toEqual(expected);
  });
  it('is not looked for behind a fork', () => {
    const model = functional(
      [
        node('x', 'InputLayer', { batch_input_shape: [null, 4] }),
        node('d', 'Dense', { units: 4 }, ['x']),
        node('r', 'ReLU', {}, ['d']),
        node('a', 'Add', {}, ['d', 'r']),
      ],
      'a',
    );
    const compiled = compileLayers(model, inference);
    expect(compiled.layers[0]!.activation).toBe(compiled.graph.nodes[0]!.outputs[0]);
  });
});

const node = (name: string, kind: string, config: Config, from: string[] = []) => ({
  name,
  class_name: kind,
  config: { ...config, name },
  inbound_nodes: from.length === 0 ? [] : [from.map((f) => [f, 0, 0, {}])],
});
const kerasTensor = (from: string) => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [from, 0, 0] },
});
/** A call of a layer as Keras 3 writes it. */
const ofKeras3 = (made: object, ...from: string[]) => ({
  ...made,
  inbound_nodes: [{ args: from.length > 1 ? [from.map(kerasTensor)] : from.map(kerasTensor), kwargs: {} }],
});
const attentionOfKeras3 = (name: string, from: string) => ({
  ...node(name, 'MultiHeadAttention', { num_heads: 1, key_dim: 2 }),
  inbound_nodes: [{ args: [kerasTensor(from), kerasTensor(from)], kwargs: {} }],
});
const functional = (layers: unknown[], ...outputs: string[]) => ({
  class_name: 'Functional',
  config: { name: 'f', layers, input_layers: [['x', 0, 0]], output_layers: outputs.map((o) => [o, 0, 0]) },
});

describe('a topology', () => {
  const dense = layer('Dense', { name: 'd', units: 2, batch_input_shape: [null, 3] });
  it.each([
    ['as text', JSON.stringify(sequential(dense))],
    [
      'inside a model.json',
      { format: 'layers-model', modelTopology: { keras_version: '2.15', model_config: sequential(dense) } },
    ],
    ['as a bare list of layers', { class_name: 'Sequential', config: [dense] }],
    [
      'with settings in camel case',
      sequential(layer('Dense', { name: 'd', units: 2, useBias: true, batchInputShape: [null, 3] })),
    ],
    [
      'of Keras 3',
      {
        class_name: 'Functional',
        module: 'keras',
        config: {
          name: 'f',
          trainable: true,
          input_layers: ['x', 0, 0],
          output_layers: ['d', 0, 0],
          layers: [
            {
              module: 'keras.layers',
              class_name: 'InputLayer',
              config: { batch_shape: [null, 3], dtype: 'float32', sparse: false, ragged: false, name: 'x' },
              registered_name: null,
              name: 'x',
              inbound_nodes: [],
            },
            {
              module: 'keras.layers',
              class_name: 'Dense',
              name: 'd',
              config: {
                name: 'd',
                trainable: true,
                dtype: {
                  module: 'keras',
                  class_name: 'DTypePolicy',
                  config: { name: 'float32' },
                  registered_name: null,
                },
                units: 2,
                activation: 'linear',
                use_bias: true,
                kernel_initializer: {
                  module: 'keras.initializers',
                  class_name: 'GlorotUniform',
                  config: { seed: null },
                  registered_name: null,
                },
                bias_initializer: { class_name: 'Zeros', config: {} },
                kernel_regularizer: null,
                bias_regularizer: null,
                kernel_constraint: null,
                bias_constraint: null,
              },
              inbound_nodes: [
                {
                  args: [
                    {
                      class_name: '__keras_tensor__',
                      config: { shape: [null, 3], dtype: 'float32', keras_history: ['x', 0, 0] },
                    },
                  ],
                  kwargs: {},
                },
              ],
            },
          ],
        },
      },
    ],
  ])('%s is read', (_, topology) => {
    const compiled = compileLayers(topology, inference);
    expect(compiled.parameters.map(({ name, dims }) => [name, dims])).toEqual([
      ['d/kernel', [3, 2]],
      ['d/bias', [2]],
    ]);
    expect(compiled.outputs[0]!.dims).toEqual(['n', 2]);
  });

  it('names the outputs of one layer apart, as Keras does', () => {
    const input = node('x', 'InputLayer', { batch_input_shape: [null, 3] });
    const shared = {
      ...node('head', 'Dense', { units: 3 }),
      inbound_nodes: [[['x', 0, 0, {}]], [['head', 0, 0, {}]]],
    };
    const other = node('head_1', 'Dense', { units: 2 }, ['x']);
    const compiled = compileLayers(
      {
        class_name: 'Functional',
        config: {
          ...{ name: 'f', layers: [input, shared, other], input_layers: [['x', 0, 0]] },
          output_layers: [
            ['head', 0, 0],
            ['head', 1, 0],
            ['head_1', 0, 0],
          ],
        },
      },
      inference,
    );
    expect(compiled.outputs.map(({ name, dims }) => [name, dims[1]])).toEqual([
      ['head', 3],
      ['head_2', 3],
      ['head_1', 2],
    ]);
    expect(new Set(compiled.outputs.map(({ tensor }) => tensor)).size).toBe(3);
  });
});

describe('a setting that only training needs', () => {
  const l2 = { class_name: 'L1L2', config: { l1: 0, l2: 0.0005 } };
  const dense = layer('Dense', {
    name: 'd',
    units: 2,
    kernel_regularizer: l2,
    bias_constraint: { class_name: 'NonNeg' },
    batch_input_shape: [null, 4, 3],
  });
  it.each<[string, unknown, readonly string[]]>([
    ['of a layer', sequential(dense), ['d kernel_regularizer', 'd bias_constraint']],
    [
      'of a wrapped layer',
      sequential(layer('TimeDistributed', { name: 't', layer: dense, batch_input_shape: [null, 4, 3] })),
      ['t/d kernel_regularizer', 't/d bias_constraint'],
    ],
    [
      'of a cell',
      sequential(
        layer('RNN', {
          name: 'r',
          cell: layer('GRUCell', { name: 'c', units: 2, recurrent_regularizer: l2 }),
          batch_input_shape: [null, 4, 3],
        }),
      ),
      ['r/c recurrent_regularizer'],
    ],
  ])('%s is listed and changes nothing else', (_, topology, listed) => {
    const { trainingOnly } = compileLayers(topology, inference);
    expect(trainingOnly.map(({ layer: name, setting }) => `${name} ${setting}`)).toEqual(listed);
  });
});

describe('is refused, and says why:', () => {
  const x = node('x', 'InputLayer', { batch_input_shape: [null, 8, 8, 2] });
  const conv = (config: Config) =>
    sequential(
      layer('Conv2D', {
        name: 'c',
        filters: 2,
        kernel_size: 3,
        batch_input_shape: [null, 8, 8, 1],
        ...config,
      }),
    );
  it.each<[string, unknown, RegExp]>([
    [
      'an unknown kind',
      sequential(layer('Denze', { name: 'd' })),
      /layer "d" is of unknown kind "Denze"; known: Activation, Add, .*ZeroPadding2D/,
    ],
    ['no JSON', '{', /is not JSON/],
    ['no topology', {}, /has no class_name; give what model.toJSON\(\) returns/],
    ['no layers', sequential(), /has no layers/],
    [
      'a missing setting',
      sequential(layer('Dense', { name: 'd', batch_input_shape: [null, 3] })),
      /layer "d" \(Dense\) has no units; give a whole number of 1 or more/,
    ],
    [
      'a bad setting',
      conv({ kernel_size: [3] }),
      /layer "c" \(Conv2D\) has kernel_size \[3\]; give 2 whole numbers of 1 or more/,
    ],
    [
      'a misspelt setting',
      conv({ stride: 2 }),
      /layer "c" \(Conv2D\) has an unknown setting "stride"; known: .*strides/,
    ],
    [
      'an unknown activation',
      conv({ activation: 'rellu' }),
      /layer "c" \(Conv2D\) has a bad activation: unknown activation "rellu"; known: .*relu/,
    ],
    [
      'an unknown initializer',
      conv({ kernel_initializer: 'xavier' }),
      /bad kernel_initializer: unknown initializer "xavier"; known: .*glorot_uniform/,
    ],
    [
      'channels first',
      conv({ data_format: 'channels_first' }),
      /has data_format "channels_first"; give channels_last/,
    ],
    ['strides and dilation', conv({ strides: 2, dilation_rate: 2 }), /only one of them may be above 1/],
    [
      'a window larger than its input',
      conv({ kernel_size: 9 }),
      /has a window of \[9, 9\], larger than its input's positions \[8, 8\]/,
    ],
    [
      'no input shape',
      sequential(layer('Dense', { name: 'd', units: 2 })),
      /input "d_input" \(InputLayer\) with batch_input_shape undefined; give \[null, ...sizes\]/,
    ],
    [
      'an open size',
      sequential(layer('Dense', { name: 'd', units: 2, batch_input_shape: [null, null, 3] })),
      /\[null,null,3\]; give/,
    ],
    [
      'a wrong rank',
      functional(
        [
          x,
          node('d', 'Dense', { units: 2 }, ['x']),
          node('c', 'Conv1D', { filters: 1, kernel_size: 1 }, ['d']),
        ],
        'c',
      ),
      /layer "c" \(Conv1D\) takes \[steps, channels\]; its input is \[8, 8, 2\]/,
    ],
    [
      'shapes that do not fit',
      functional(
        [
          x,
          node('f', 'Flatten', {}, ['x']),
          node('d', 'Dense', { units: 3 }, ['f']),
          node('e', 'Dense', { units: 4 }, ['f']),
          node('a', 'Add', {}, ['d', 'e']),
        ],
        'a',
      ),
      /layer "a" \(Add\) takes inputs of one shape; they are \[3\] and \[4\]/,
    ],
    [
      'an unconnected layer',
      functional([x, node('d', 'Dense', { units: 2 }), node('a', 'Add', {}, ['x', 'd'])], 'a'),
      /layer "d" \(Dense\), which is connected to nothing/,
    ],
    [
      'a layer that leads nowhere',
      functional([x, node('d', 'Dense', { units: 2 }, ['x']), node('e', 'Dense', { units: 2 }, ['x'])], 'd'),
      /layer "e" \(Dense\), which leads to no output/,
    ],
    [
      'a layer that does not exist',
      functional([x, node('d', 'Dense', { units: 2 }, ['y'])], 'd'),
      /refers to layer "y", which does not exist/,
    ],
    [
      'a circle',
      functional([x, node('d', 'Add', {}, ['x', 'e']), node('e', 'ReLU', {}, ['d'])], 'e'),
      /runs in a circle through layer "[de]"/,
    ],
    [
      'two layers of one name',
      sequential(layer('ReLU', { name: 'r', batch_input_shape: [null, 3] }), layer('ReLU', { name: 'r' })),
      /two layers named "r"/,
    ],
    [
      'a path as a name',
      sequential(layer('ReLU', { name: '../r', batch_input_shape: [null, 3] })),
      /a layer named "..\/r"/,
    ],
    [
      'a reshape that does not fit',
      sequential(layer('Reshape', { name: 'r', target_shape: [4, 4], batch_input_shape: [null, 15] })),
      /layer "r" \(Reshape\) cannot make \[4, 4\] of \[15\]: 15 elements are not 16/,
    ],
    [
      'a crop of everything',
      sequential(layer('Cropping2D', { name: 'c', cropping: 4, batch_input_shape: [null, 8, 8, 1] })),
      /nothing is left/,
    ],
    [
      'a stateful layer',
      sequential(layer('LSTM', { name: 'l', units: 2, stateful: true, batch_input_shape: [null, 4, 3] })),
      /layer "l" \(LSTM\) is stateful/,
    ],
    [
      'a masked series where no layer can read it',
      sequential(
        layer('Masking', { name: 'm', batch_input_shape: [null, 4, 3] }),
        layer('Flatten', { name: 'f' }),
      ),
      /layer "f" \(Flatten\) takes no masked series/,
    ],
    [
      'masked series side by side where Keras 3 did not write the model',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          node('m', 'Masking', {}, ['x']),
          node('c', 'Concatenate', {}, ['m', 'm']),
        ],
        'c',
      ),
      /layer "c" \(Concatenate\) takes no masked series/,
    ],
    [
      'a masked series at attention where Keras 3 did not write the model',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          node('m', 'Masking', {}, ['x']),
          node('a', 'MultiHeadAttention', { num_heads: 1, key_dim: 2 }, ['m', 'm']),
        ],
        'a',
      ),
      /layer "a" \(MultiHeadAttention\) takes no masked series/,
    ],
    [
      'two attentions side by side, the second of which sees a mask only if Keras calls it first',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          node('m', 'Masking', {}, ['x']),
          attentionOfKeras3('a', 'm'),
          attentionOfKeras3('b', 'm'),
          ofKeras3(node('c', 'Add', {}), 'a', 'b'),
        ],
        'c',
      ),
      /layer "b" \(MultiHeadAttention\) and "a" read the same masked series/,
    ],
    [
      'a layer next to attention that sees a mask only if Keras calls it first',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          node('m', 'Masking', {}, ['x']),
          ofKeras3(node('d', 'Dense', { units: 3 }), 'm'),
          attentionOfKeras3('a', 'm'),
          ofKeras3(node('c', 'Add', {}), 'd', 'a'),
        ],
        'c',
      ),
      /layer "a" \(MultiHeadAttention\) and "d" read the same masked series/,
    ],
    [
      'a mask of the query by name, which Keras 3 does not read',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          {
            ...node('a', 'MultiHeadAttention', { num_heads: 1, key_dim: 2 }),
            inbound_nodes: [
              {
                args: [kerasTensor('x'), kerasTensor('x')],
                kwargs: { query_mask: kerasTensor('x') },
              },
            ],
          },
        ],
        'a',
      ),
      /layer "a" \(MultiHeadAttention\) is called with query_mask, which is not supported/,
    ],
    [
      'a mask of the value that has not one number for each step',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          {
            ...node('a', 'MultiHeadAttention', { num_heads: 1, key_dim: 2 }),
            inbound_nodes: [
              {
                args: [kerasTensor('x'), kerasTensor('x')],
                kwargs: { value_mask: kerasTensor('x') },
              },
            ],
          },
        ],
        'a',
      ),
      /layer "a" \(MultiHeadAttention\) is called with value_mask of \[4, 3\] for 4 steps/,
    ],
    [
      'a mask given to attention by name that has no number for each pair of steps',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          {
            ...node('a', 'MultiHeadAttention', { num_heads: 1, key_dim: 2 }),
            inbound_nodes: [
              {
                args: [kerasTensor('x'), kerasTensor('x')],
                kwargs: { attention_mask: kerasTensor('x') },
              },
            ],
          },
        ],
        'a',
      ),
      /layer "a" \(MultiHeadAttention\) is called with attention_mask of \[4, 3\]; give \[4, 4\], or \[1, 4, 4\]/,
    ],
    [
      'the larger of two masked series, whose masked steps Keras 3 leaves out',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          ofKeras3(node('m', 'Masking', {}), 'x'),
          ofKeras3(node('c', 'Maximum', {}), 'm', 'x'),
        ],
        'c',
      ),
      /layer "c" \(Maximum\) takes no masked series/,
    ],
    [
      'first states of another size',
      functional(
        [
          node('x', 'InputLayer', { batch_input_shape: [null, 4, 3] }),
          node('s', 'Flatten', {}, ['x']),
          node('g', 'GRU', { units: 2 }, ['x', 's']),
        ],
        'g',
      ),
      /layer "g" \(GRU\) takes first states of \[2\]; number 0 is \[12\]/,
    ],
    [
      'a wrapped layer that is wrong',
      sequential(
        layer('TimeDistributed', {
          name: 't',
          layer: layer('Dense', { name: 'd' }),
          batch_input_shape: [null, 4, 3],
        }),
      ),
      /layer "t\/d" \(Dense\) has no units/,
    ],
    [
      'a wrapper around nothing',
      sequential(layer('Bidirectional', { name: 'b', batch_input_shape: [null, 4, 3] })),
      /layer "b" \(Bidirectional\) wraps undefined; give \{class_name, config\}/,
    ],
    [
      'Bidirectional around a layer without steps',
      sequential(
        layer('Bidirectional', {
          name: 'b',
          layer: layer('Dense', { name: 'd', units: 2 }),
          batch_input_shape: [null, 4, 3],
        }),
      ),
      /layer "b" \(Bidirectional\) wraps a layer that is not recurrent/,
    ],
    [
      'an unknown cell',
      sequential(layer('RNN', { name: 'r', cell: layer('MyCell'), batch_input_shape: [null, 4, 3] })),
      /layer "r" \(RNN\) has cell "MyCell"; give \{class_name, config\} of SimpleRNNCell, GRUCell, LSTMCell/,
    ],
    [
      'an argument that the layer does not know',
      functional(
        [x, { ...node('f', 'Flatten', {}), inbound_nodes: [[['x', 0, 0, { reverse: true }]]] }],
        'f',
      ),
      /layer "f" \(Flatten\) is called with reverse = true, which is not supported/,
    ],
    [
      'an axis that does not exist',
      sequential(layer('BatchNormalization', { name: 'b', axis: 3, batch_input_shape: [null, 8] })),
      /layer "b" \(BatchNormalization\) has axis 3; its input \[8\] has axes 1 to 1/,
    ],
  ])('%s', (_, topology, message) => {
    expect(() => compileLayers(topology, inference)).toThrow(message);
  });
});
