import { compileLayers, type CompiledModel } from '@noema/layers';

const input = (shape: readonly number[]): object => ({
  class_name: 'InputLayer',
  config: { name: 'x', batch_input_shape: [null, ...shape] },
});

/** A sequence of layers as Keras writes it. */
export const sequence = (
  shape: readonly number[],
  ...layers: readonly (readonly [kind: string, config: object])[]
): unknown => ({
  class_name: 'Sequential',
  config: {
    name: 'model',
    layers: [input(shape), ...layers.map(([class_name, config]) => ({ class_name, config }))],
  },
});

/**
 * A graph of layers as Keras writes it: each with the layers that it takes, then the names of the outputs.
 */
export const functional =
  (...layers: readonly (readonly [name: string, kind: string, config: object, ...from: string[]])[]) =>
  (outputs: readonly string[]): unknown => ({
    class_name: 'Functional',
    config: {
      name: 'model',
      layers: layers.map(([name, class_name, config, ...from]) => ({
        class_name,
        name,
        config: { name, ...config },
        inbound_nodes: from.length === 0 ? [] : [from.map((layer) => [layer, 0, 0, {}])],
      })),
      input_layers: layers.filter(([, kind]) => kind === 'InputLayer').map(([name]) => [name, 0, 0]),
      output_layers: outputs.map((name) => [name, 0, 0]),
    },
  });

/**
 * A small convolutional classifier with everything that training treats apart: dropout, batch normalisation.
 */
export const smallCnn = sequence(
  [8, 8, 1],
  ['Conv2D', { name: 'conv', filters: 4, kernel_size: [3, 3], activation: 'relu' }],
  ['BatchNormalization', { name: 'norm', momentum: 0.8 }],
  ['MaxPooling2D', { name: 'pool', pool_size: [2, 2] }],
  ['Flatten', { name: 'flatten' }],
  ['Dropout', { name: 'drop', rate: 0.25 }],
  ['Dense', { name: 'out', units: 3, activation: 'softmax' }],
);

export const training = (topology: unknown): CompiledModel => compileLayers(topology, { mode: 'training' });
export const inference = (topology: unknown): CompiledModel => compileLayers(topology, { mode: 'inference' });
