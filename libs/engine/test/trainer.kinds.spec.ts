import { encodeModel, float32, GraphBuilder } from '@noema/onnx';
import { afterAll, expect, it } from 'vitest';
import { resident, Trainer } from '../src/index.js';
import { sequence, training } from './trainer.models.js';

const trainers: Trainer[] = [];
afterAll(async () => {
  await Promise.all(trainers.map((trainer) => trainer.close()));
});

const attention = {
  class_name: 'Functional',
  config: {
    name: 'model',
    input_layers: [['x', 0, 0]],
    output_layers: [['out', 0, 0]],
    layers: [
      {
        class_name: 'InputLayer',
        name: 'x',
        config: { name: 'x', batch_input_shape: [null, 6] },
        inbound_nodes: [],
      },
      {
        class_name: 'Embedding',
        name: 'words',
        config: { input_dim: 4, output_dim: 8 },
        inbound_nodes: [[['x', 0, 0, {}]]],
      },
      {
        class_name: 'MultiHeadAttention',
        name: 'attend',
        config: { num_heads: 2, key_dim: 4, dropout: 0.1 },
        inbound_nodes: [
          [
            ['words', 0, 0, {}],
            ['words', 0, 0, { use_causal_mask: true }],
          ],
        ],
      },
      { class_name: 'LayerNormalization', name: 'norm', config: {}, inbound_nodes: [[['attend', 0, 0, {}]]] },
      {
        class_name: 'GlobalAveragePooling1D',
        name: 'pool',
        config: {},
        inbound_nodes: [[['norm', 0, 0, {}]]],
      },
      {
        class_name: 'Dense',
        name: 'out',
        config: { units: 2, activation: 'softmax' },
        inbound_nodes: [[['pool', 0, 0, {}]]],
      },
    ],
  },
};
const tensor = (from: string): object => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [from, 0, 0] },
});
/** The same as Keras 3 writes it, with steps of 0 masked. */
const maskedAttention = {
  ...attention,
  config: {
    ...attention.config,
    layers: attention.config.layers.map((each, i, all) => ({
      ...each,
      config: each.name === 'words' ? { ...each.config, mask_zero: true } : each.config,
      inbound_nodes:
        i === 0
          ? []
          : [{ args: Array(each.name === 'attend' ? 2 : 1).fill(tensor(all[i - 1]!.name)), kwargs: {} }],
    })),
  },
};
const cell = (class_name: string, config: object): object => ({ class_name, config });
/** tanh(x W + b), b given too, as an ONNX file in base64. */
function ownLayer(): string {
  const builder = new GraphBuilder();
  const x = builder.input('x', ['b', 6]);
  const weight = builder.initializer(
    'weight',
    float32(
      Array.from({ length: 48 }, (_, i) => Math.sin(i + 1) / 3),
      [6, 8],
    ),
  );
  const bias = builder.initializer('bias', float32(new Float32Array(8)));
  builder.output(builder.op('Tanh', [builder.op('Gemm', [x, weight, bias])]), ['b', 8]);
  return Buffer.from(encodeModel(builder.build())).toString('base64');
}

const out = ['Dense', { name: 'out', units: 2, activation: 'softmax' }] as const;

// Rows of whole numbers from 0 to 3; rows of class 1 begin with 3, the others with 1.
it.each([
  [
    'recurrent, masked, both ways',
    sequence(
      [6],
      ['Embedding', { input_dim: 4, output_dim: 6, mask_zero: true }],
      [
        'Bidirectional',
        { layer: cell('GRU', { name: 'gru', units: 5, dropout: 0.1, recurrent_dropout: 0.1 }) },
      ],
      out,
    ),
  ],
  ['attention', attention],
  ['attention to a masked series, of Keras 3', maskedAttention],
  [
    'every step',
    sequence(
      [6],
      ['Reshape', { target_shape: [6, 1] }],
      ['TimeDistributed', { layer: cell('Dense', { name: 'd', units: 4, activation: 'tanh' }) }],
      ['GaussianNoise', { stddev: 0.05 }],
      ['LSTM', { units: 6 }],
      ['AlphaDropout', { rate: 0.05 }],
      out,
    ),
  ],
  ['of a layer given as ONNX', sequence([6], ['Onnx', { name: 'own', model: ownLayer() }], out)],
  [
    'transposed',
    sequence(
      [6],
      ['Reshape', { target_shape: [6, 1] }],
      ['Conv1DTranspose', { filters: 3, kernel_size: 3, strides: 2, padding: 'same', activation: 'relu' }],
      ['GaussianDropout', { rate: 0.05 }],
      ['Flatten', {}],
      out,
    ),
  ],
])('a model trains: %s', async (_, topology) => {
  const model = training(topology);
  const rows = 64;
  const x = Float32Array.from({ length: rows * 6 }, (_, i) =>
    i % 6 === 0 ? ((i / 6) % 2) * 2 + 1 : (i * 7 + Math.floor(i / 6)) % 4,
  );
  const y = Float32Array.from({ length: rows * 2 }, (_, i) => Number(i % 2 === Math.floor(i / 2) % 2));
  const trainer = Trainer.create({
    model,
    losses: [{ loss: 'categoricalCrossentropy' }],
    optimizer: { name: 'adam', settings: { learning_rate: 0.02 } },
    batchSize: 16,
    seed: 3,
    workers: 2,
    data: new Map([
      [model.inputs[0]!.name, resident(x, [6])],
      ['target:out', resident(y, [2])],
    ]),
    rows: Uint32Array.from({ length: rows }, (_, i) => i),
  });
  trainers.push(trainer);
  const losses: number[] = [];
  for (let epoch = 0; epoch < 15; epoch++) losses.push((await trainer.trainEpoch({})).loss);
  expect(losses.at(-1)!).toBeLessThan(0.25 * losses[0]!);
});
