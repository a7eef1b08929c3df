const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
const convolution = (name: string, filters: number) =>
  layer('Conv2D', name, { filters, kernel_size: [3, 3], padding: 'valid', activation: 'relu' });
const pooling = (name: string) => layer('MaxPooling2D', name, { pool_size: [2, 2] });

/**
 * A small convolutional network with dropout, as Keras and TF.js write a model: `[28, 28, 1]` to ten
 * probabilities.
 */
export const model = {
  class_name: 'Sequential',
  config: {
    name: 'digits_cnn',
    layers: [
      layer('InputLayer', 'image', { batch_input_shape: [null, 28, 28, 1], dtype: 'float32' }),
      convolution('conv1', 32),
      pooling('pool1'),
      convolution('conv2', 64),
      pooling('pool2'),
      layer('Flatten', 'flatten', {}),
      layer('Dropout', 'dropout1', { rate: 0.25 }),
      layer('Dense', 'dense', { units: 128, activation: 'relu' }),
      layer('Dropout', 'dropout2', { rate: 0.5 }),
      layer('Dense', 'digit', { units: 10, activation: 'softmax' }),
    ],
  },
};

/** Settings that reach 97 % of the validation digits well before eight epochs. */
export const training = {
  epochs: 5,
  batchSize: 64,
  optimizer: { name: 'adam', config: { learning_rate: 0.001 } },
  loss: { name: 'categorical_crossentropy' },
  metrics: [{ name: 'accuracy' }],
};
