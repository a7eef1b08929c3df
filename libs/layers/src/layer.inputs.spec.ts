import { expect, it } from 'vitest';
import { blockOutputs, compileLayers, layerInputs } from './index.js';

const dense = (name: string, from: string) => ({
  class_name: 'Dense',
  config: { name, units: 4 },
  inbound_nodes: [[[from, 0, 0, {}]]],
});
const topology = {
  class_name: 'Functional',
  config: {
    name: 'net',
    layers: [
      { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 4] }, inbound_nodes: [] },
      dense('first', 'x'),
      dense('second', 'first'),
      {
        class_name: 'Activation',
        config: { name: 'same', activation: 'linear' },
        inbound_nodes: [[['first', 0, 0, {}]]],
      },
      { class_name: 'Dropout', config: { name: 'drop', rate: 0.5 }, inbound_nodes: [[['second', 0, 0, {}]]] },
      {
        class_name: 'Add',
        config: { name: 'sum' },
        inbound_nodes: [
          [
            ['drop', 0, 0, {}],
            ['same', 0, 0, {}],
          ],
        ],
      },
      {
        class_name: 'Sequential',
        config: {
          name: 'tail',
          layers: [{ class_name: 'Dense', config: { name: 'out', units: 2, batch_input_shape: [null, 4] } }],
        },
        inbound_nodes: [[['sum', 0, 0, {}]]],
      },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['tail', 0, 0]],
  },
};

it.each(['training', 'inference'] as const)('finds the layers before each layer, in %s', (mode) => {
  const model = compileLayers(topology, { mode });
  const inputs = layerInputs(model, blockOutputs(model));
  expect(model.summary.map(({ name }) => [name, inputs.get(name)])).toEqual([
    ['x', []],
    ['first', ['x']],
    ['second', ['first']],
    ['drop', ['second']],
    ['same', ['first']],
    ['sum', ['drop', 'same']],
    ['tail/out', ['sum']],
  ]);
});
