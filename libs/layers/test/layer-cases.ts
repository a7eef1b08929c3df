import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import * as tf from '@tensorflow/tfjs-core';
import {
  layers as l,
  type LayersModel,
  model as functional,
  input,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** A small model around one layer kind, as TF.js builds it. */
export interface LayerCase {
  readonly name: string;
  /** Its inputs are whole numbers below this one. */
  readonly below?: number;
  build(): LayersModel;
}

type Layer = LayersModel['layers'][number];
type Shape = readonly number[];

const one = (name: string, shape: Shape, ...make: (() => Layer)[]): LayerCase => ({
  name,
  build() {
    const model = sequential();
    make.forEach((m, i) => {
      const layer = m();
      if (i === 0) Object.assign(layer, { batchInputShape: [null, ...shape] });
      model.add(layer);
    });
    return model;
  },
});

const many = (
  name: string,
  shapes: readonly Shape[],
  connect: (...x: SymbolicTensor[]) => SymbolicTensor | SymbolicTensor[],
): LayerCase => ({
  name,
  build() {
    const inputs = shapes.map((shape) => input({ shape: [...shape] }));
    return functional({ inputs, outputs: connect(...inputs) });
  },
});

const apply = (layer: Layer, ...x: SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;

const activations = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'gelu',
  'gelu_new',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softplus',
  'softsign',
  'swish',
  'mish',
  'softmax',
  'logSoftmax',
] as const;

/** Every layer kind that TF.js has too, with the settings that change what it computes. */
export const layerCases: readonly LayerCase[] = [
  one('Conv2D', [7, 6, 3], () => l.conv2d({ filters: 4, kernelSize: [3, 2], activation: 'relu' })),
  one('Conv2D same, stride 2', [7, 6, 3], () =>
    l.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  one('Conv2D same, even window', [7, 6, 1], () =>
    l.conv2d({ filters: 2, kernelSize: [4, 2], padding: 'same', useBias: false }),
  ),
  one('Conv2D dilated', [9, 8, 2], () =>
    l.conv2d({ filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same' }),
  ),
  one('Conv2D with softmax over channels', [4, 4, 2], () =>
    l.conv2d({ filters: 3, kernelSize: 1, activation: 'softmax' }),
  ),
  one('Conv1D', [9, 3], () => l.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })),
  one('DepthwiseConv2D', [6, 7, 3], () =>
    l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', strides: 2 }),
  ),
  one('SeparableConv2D', [6, 7, 3], () =>
    l.separableConv2d({ filters: 5, kernelSize: 3, activation: 'tanh' }),
  ),
  one('Dense', [5], () => l.dense({ units: 4, activation: 'softmax' })),
  one('Dense on series', [4, 5], () => l.dense({ units: 3, activation: 'sigmoid' })),
  one(
    'Dense after convolution',
    [4, 4, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.dense({ units: 3, useBias: false }),
  ),
  one('MaxPooling2D', [7, 6, 3], () => l.maxPooling2d({ poolSize: [3, 2], strides: 2 })),
  one('MaxPooling2D same', [7, 5, 3], () => l.maxPooling2d({ poolSize: 2, padding: 'same' })),
  one('AveragePooling2D', [6, 6, 3], () => l.averagePooling2d({ poolSize: 2 })),
  one('AveragePooling2D same', [7, 5, 3], () =>
    l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ),
  one('MaxPooling1D', [8, 3], () => l.maxPooling1d({ poolSize: 2 })),
  one('AveragePooling1D', [8, 3], () => l.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' })),
  one('GlobalMaxPooling2D', [4, 5, 3], () => l.globalMaxPooling2d({})),
  one('GlobalAveragePooling2D', [4, 5, 3], () => l.globalAveragePooling2d({})),
  one('GlobalMaxPooling1D', [5, 3], () => l.globalMaxPooling1d()),
  one('GlobalAveragePooling1D', [5, 3], () => l.globalAveragePooling1d()),
  one(
    'Flatten after convolution, Dense',
    [6, 5, 2],
    () => l.conv2d({ filters: 3, kernelSize: 3 }),
    () => l.flatten(),
    () => l.dense({ units: 4 }),
  ),
  one('Reshape', [4, 6], () => l.reshape({ targetShape: [2, -1, 3] })),
  one('Permute', [3, 4, 5], () => l.permute({ dims: [3, 1, 2] })),
  one(
    'Permute after convolution',
    [4, 4, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.permute({ dims: [2, 3, 1] }),
  ),
  one('RepeatVector', [4], () => l.repeatVector({ n: 3 })),
  one(
    'Dropout',
    [6],
    () => l.dense({ units: 4 }),
    () => l.dropout({ rate: 0.5 }),
  ),
  one('SpatialDropout1D', [6, 2], () => l.spatialDropout1d({ rate: 0.5 })),
  one('BatchNormalization', [5], () => l.batchNormalization({})),
  one(
    'BatchNormalization after convolution',
    [5, 5, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.batchNormalization({ epsilon: 0.01 }),
  ),
  one('BatchNormalization, no scale, no center', [4, 5, 2], () =>
    l.batchNormalization({ scale: false, center: false }),
  ),
  one('LayerNormalization', [5], () => l.layerNormalization({})),
  one(
    'LayerNormalization after convolution',
    [5, 5, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.layerNormalization({ axis: -1 }),
  ),
  one('LayerNormalization over two axes', [4, 5, 2], () =>
    l.layerNormalization({ axis: [1, 3], epsilon: 0.01 }),
  ),
  ...activations.map((activation) =>
    one(`Activation ${activation}`, [3, 4], () => l.activation({ activation: activation as 'relu' })),
  ),
  one(
    'Activation softmax after convolution',
    [4, 4, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.activation({ activation: 'softmax' }),
  ),
  one('ReLU', [8], () => l.reLU({ maxValue: 0.5 })),
  one('LeakyReLU', [8], () => l.leakyReLU({ alpha: 0.2 })),
  one('PReLU', [3, 4, 2], () => l.prelu({})),
  one(
    'PReLU after convolution, shared',
    [4, 4, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.prelu({ sharedAxes: [1, 2] }),
  ),
  one(
    'PReLU after convolution',
    [4, 5, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.prelu({}),
  ),
  one('ELU', [8], () => l.elu()),
  one('ThresholdedReLU', [8], () => l.thresholdedReLU({ theta: 0.3 })),
  one('Softmax', [3, 4], () => l.softmax({ axis: -1 })),
  ...(['add', 'multiply', 'average', 'maximum', 'minimum'] as const).map((kind) =>
    many(
      `merge ${kind}`,
      [
        [3, 4],
        [3, 4],
        [3, 4],
      ],
      (...x) => apply(l[kind](), ...x),
    ),
  ),
  many('Add of two layouts', [[4, 4, 2]], (x) =>
    apply(l.add(), apply(l.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), x), x),
  ),
  many(
    'Multiply, broadcast',
    [
      [4, 4, 2],
      [1, 1, 2],
    ],
    (x, y) => apply(l.multiply(), x, y),
  ),
  many(
    'Concatenate',
    [
      [3, 4],
      [3, 2],
    ],
    (x, y) => apply(l.concatenate(), x, y),
  ),
  many('Concatenate of convolutions', [[4, 4, 2]], (x) =>
    apply(
      l.concatenate(),
      apply(l.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), x),
      apply(l.conv2d({ filters: 3, kernelSize: 1 }), x),
    ),
  ),
  many(
    'Concatenate along height',
    [
      [4, 4, 2],
      [3, 4, 2],
    ],
    (x, y) => apply(l.concatenate({ axis: 1 }), x, y),
  ),
  one('ZeroPadding2D', [3, 4, 2], () =>
    l.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 3],
      ],
    }),
  ),
  one(
    'ZeroPadding2D after convolution',
    [4, 4, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.zeroPadding2d({ padding: 1 }),
  ),
  one('Cropping2D', [6, 7, 2], () =>
    l.cropping2D({
      cropping: [
        [1, 2],
        [0, 3],
      ],
    }),
  ),
  one(
    'Cropping2D after convolution',
    [6, 7, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.cropping2D({ cropping: 1 }),
  ),
  one('UpSampling2D', [3, 4, 2], () => l.upSampling2d({ size: [2, 3] })),
  one(
    'UpSampling2D after convolution',
    [4, 4, 2],
    () => l.conv2d({ filters: 3, kernelSize: 2 }),
    () => l.upSampling2d({ size: [2, 2] }),
  ),
  one('UpSampling2D bilinear', [3, 4, 2], () => l.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })),
  many('shared layer', [[4]], (x) => {
    const shared = l.dense({ units: 4, activation: 'tanh' });
    return apply(l.add(), apply(shared, x), apply(shared, apply(shared, x)));
  }),
  many('nested models', [[4, 4, 2]], (x) => {
    const inner = sequential({
      layers: [
        l.conv2d({ inputShape: [4, 4, 2], filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' }),
        l.batchNormalization(),
      ],
    });
    return apply(l.flatten(), inner.apply(inner.apply(x)) as SymbolicTensor);
  }),
  many('two outputs', [[5, 5, 1]], (x) => {
    const c = apply(l.conv2d({ filters: 2, kernelSize: 2 }), x);
    return [apply(l.dense({ units: 3 }), apply(l.flatten(), c)), c];
  }),
  one('Conv3D', [4, 5, 4, 2], () => l.conv3d({ filters: 3, kernelSize: 2, activation: 'relu' })),
  one('Conv3D same, stride 2', [4, 5, 3, 2], () =>
    l.conv3d({ filters: 2, kernelSize: [3, 2, 3], strides: 2, padding: 'same' }),
  ),
  one('Conv2DTranspose', [4, 3, 3], () =>
    l.conv2dTranspose({ filters: 2, kernelSize: 3, activation: 'relu' }),
  ),
  one('Conv2DTranspose, stride 2', [4, 3, 3], () =>
    l.conv2dTranspose({ filters: 2, kernelSize: [3, 1], strides: 2 }),
  ),
  one('Conv2DTranspose same, stride 2', [4, 3, 3], () =>
    l.conv2dTranspose({ filters: 2, kernelSize: [3, 4], strides: 2, padding: 'same', useBias: false }),
  ),
  one('Conv2DTranspose same, stride 3', [4, 3, 2], () =>
    l.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, padding: 'same' }),
  ),
  one('Conv3DTranspose', [3, 2, 3, 2], () =>
    l.conv3dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  one('MaxPooling3D', [5, 4, 4, 2], () => l.maxPooling3d({ poolSize: 2, strides: 2, padding: 'valid' })),
  one('AveragePooling3D', [4, 4, 6, 2], () =>
    l.averagePooling3d({ poolSize: [2, 2, 3], strides: [2, 2, 3], padding: 'valid' }),
  ),
  one('GaussianNoise', [6], () => l.gaussianNoise({ stddev: 0.3 })),
  one('GaussianDropout', [6], () => l.gaussianDropout({ rate: 0.3 })),
  one('AlphaDropout', [6], () => l.alphaDropout({ rate: 0.3 })),
  one('Rescaling', [3, 2], () => l.rescaling({ scale: 0.5, offset: -1 })),
  many('Dot of vectors', [[4], [4]], (x, y) => apply(l.dot({ axes: 1 }), x, y)),
  many('Dot of vectors, cosine', [[4], [4]], (x, y) => apply(l.dot({ axes: -1, normalize: true }), x, y)),
  many(
    'Dot of matrices',
    [
      [3, 4],
      [4, 5],
    ],
    (x, y) => apply(l.dot({ axes: [2, 1] }), x, y),
  ),
  many(
    'Dot of matrices along their steps',
    [
      [3, 4],
      [3, 5],
    ],
    (x, y) => apply(l.dot({ axes: 1 }), x, y),
  ),
  one('RNN of a cell', [5, 3], () => l.rnn({ cell: l.gruCell({ units: 4 }), returnSequences: true })),
  one('RNN of stacked cells', [5, 3], () =>
    l.rnn({ cell: [l.lstmCell({ units: 4 }), l.simpleRNNCell({ units: 3 })] }),
  ),
  one('ConvLSTM2D', [3, 5, 4, 2], () => l.convLstm2d({ filters: 2, kernelSize: 3 })),
  one('ConvLSTM2D of all steps, same', [3, 4, 4, 2], () =>
    l.convLstm2d({
      filters: 2,
      kernelSize: [3, 2],
      padding: 'same',
      returnSequences: true,
      goBackwards: true,
      recurrentActivation: 'sigmoid',
    }),
  ),
  ...(['multiHot', 'count'] as const).map((outputMode) => ({
    ...one(`CategoryEncoding ${outputMode}`, [4], () => l.categoryEncoding({ numTokens: 5, outputMode })),
    below: 5,
  })),
  one('SimpleRNN', [5, 3], () => l.simpleRNN({ units: 4 })),
  one('SimpleRNN of all steps, from the end', [5, 3], () =>
    l.simpleRNN({ units: 4, returnSequences: true, goBackwards: true, activation: 'relu', useBias: false }),
  ),
  one('GRU', [5, 3], () => l.gru({ units: 4 })),
  one('GRU of all steps', [5, 3], () =>
    l.gru({ units: 4, returnSequences: true, recurrentActivation: 'sigmoid' }),
  ),
  one('LSTM', [5, 3], () => l.lstm({ units: 4 })),
  one(
    'LSTM of all steps',
    [5, 3],
    () => l.lstm({ units: 4, returnSequences: true, recurrentActivation: 'sigmoid', activation: 'relu' }),
    () => l.lstm({ units: 2 }),
  ),
  one('LSTM with Dropout', [5, 3], () => l.lstm({ units: 4, dropout: 0.4, recurrentDropout: 0.3 })),
  one(
    'TimeDistributed Dropout',
    [5, 3],
    () => l.timeDistributed({ layer: l.dropout({ rate: 0.4 }) }),
    () => l.gru({ units: 2, dropout: 0.2 }),
  ),
  many(
    'LSTM that gives its states to another',
    [
      [5, 3],
      [4, 2],
    ],
    (x, y) => {
      const [, h, c] = l.lstm({ units: 4, returnState: true }).apply(x) as SymbolicTensor[];
      return l.lstm({ units: 4, returnSequences: true }).apply([y, h!, c!]) as SymbolicTensor;
    },
  ),
  ...(['concat', 'sum', 'ave', 'mul'] as const).map((mergeMode) =>
    one(`Bidirectional ${mergeMode}`, [5, 3], () =>
      l.bidirectional({ layer: l.lstm({ units: 4, returnSequences: mergeMode !== 'sum' }), mergeMode }),
    ),
  ),
  many(
    'Bidirectional with two outputs',
    [[5, 3]],
    (x) =>
      l
        .bidirectional({
          layer: l.gru({ units: 4, returnSequences: true }),
          mergeMode: null as unknown as 'sum',
        })
        .apply(x) as SymbolicTensor[],
  ),
  one('TimeDistributed Dense', [5, 3], () =>
    l.timeDistributed({ layer: l.dense({ units: 4, activation: 'tanh' }) }),
  ),
  one(
    'TimeDistributed Conv2D',
    [3, 5, 4, 2],
    () => l.timeDistributed({ layer: l.conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }) }),
    () => l.timeDistributed({ layer: l.flatten() }),
    () => l.lstm({ units: 3 }),
  ),
  {
    ...one(
      'Embedding',
      [6],
      () => l.embedding({ inputDim: 7, outputDim: 3 }),
      () => l.gru({ units: 4 }),
    ),
    below: 7,
  },
  {
    ...one(
      'Embedding of a masked series, LSTM',
      [6],
      () => l.embedding({ inputDim: 3, outputDim: 4, maskZero: true }),
      () => l.dense({ units: 4 }),
      () => l.lstm({ units: 4, returnSequences: true }),
      () => l.simpleRNN({ units: 3 }),
    ),
    below: 3,
  },
  {
    ...one(
      'Embedding of a masked series, Bidirectional',
      [6],
      () => l.embedding({ inputDim: 3, outputDim: 4, maskZero: true }),
      () => l.bidirectional({ layer: l.gru({ units: 4, returnSequences: true }), mergeMode: 'concat' }),
      () => l.lstm({ units: 3 }),
    ),
    below: 3,
  },
  one(
    'Masking',
    [6, 1],
    () => l.reLU(),
    () => l.masking(),
    () => l.lstm({ units: 4 }),
  ),
];

/**
 * The weight of a TF.js model that a parameter of the compiled one stands for: the same weight of the same
 * layer, models and wrappers around it left aside.
 */
export function findWeight(model: LayersModel, parameter: string): LayersModel['weights'][number] {
  const parts = parameter.split('/');
  const weight = parts.pop()!;
  const named = model.weights.filter(({ name }) => name.split('/').at(-1)!.replace(/_\d+$/, '') === weight);
  for (const layer of parts.toReversed()) {
    const found = named.find(({ name }) => name.split('/').includes(layer));
    if (found !== undefined) return found;
  }
  throw new Error(`${parameter} is not one of ${model.weights.map(({ name }) => name).join(', ')}`);
}

/** Gives a model weights far from their first values; the same ones for the same model. */
export function randomizeWeights(model: LayersModel): void {
  model.setWeights(
    model.weights.map((weight, i) => {
      const spread = tf.randomUniform(weight.shape as number[], -0.6, 0.6, 'float32', i + 1);
      return weight.name.includes('variance') ? tf.add(tf.abs(spread), 0.3) : spread;
    }),
  );
}
