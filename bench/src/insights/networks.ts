import type { Source } from './sources/source.js';

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
const relu = { activation: 'relu' };

/** Returns a small network for a source as Keras writes models: a Sequential, softmax at its end. */
export function networkFor({ kind, shape, classNames, vocabulary }: Source): object {
  const input = layer('InputLayer', 'input', { batch_input_shape: [null, ...shape], dtype: 'float32' });
  const head = [
    layer('Dense', 'dense', { units: 64, ...relu }),
    layer('Dense', 'classes', { units: classNames.length, activation: 'softmax' }),
  ];
  const bodies = {
    image: () => [
      layer('Conv2D', 'conv1', { filters: 16, kernel_size: [3, 3], ...relu }),
      layer('MaxPooling2D', 'pool1', { pool_size: [2, 2] }),
      layer('Conv2D', 'conv2', { filters: 32, kernel_size: [3, 3], ...relu }),
      layer('MaxPooling2D', 'pool2', { pool_size: [2, 2] }),
      layer('Flatten', 'flatten', {}),
    ],
    series: () => [
      layer('Conv1D', 'conv1', { filters: 16, kernel_size: 5, padding: 'same', ...relu }),
      layer('MaxPooling1D', 'pool1', { pool_size: 2 }),
      layer('Conv1D', 'conv2', { filters: 32, kernel_size: 5, padding: 'same', ...relu }),
      layer('GlobalAveragePooling1D', 'pool2', {}),
    ],
    text: () => [
      layer('Embedding', 'embedding', { input_dim: vocabulary, output_dim: 16 }),
      layer('Conv1D', 'conv1', { filters: 32, kernel_size: 4, padding: 'same', ...relu }),
      layer('GlobalMaxPooling1D', 'pool1', {}),
    ],
    table: () => [layer('Dense', 'first', { units: 32, ...relu })],
  };
  return {
    class_name: 'Sequential',
    config: { name: 'network', layers: [input, ...bodies[kind](), ...head] },
  };
}
