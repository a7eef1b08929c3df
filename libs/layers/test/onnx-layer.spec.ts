import { encodeModel, float32, GraphBuilder } from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { compileLayers } from '../src/index.js';

/** y = tanh(x W) + 1, as a file in base64. */
function ownLayer({ opset = 20, dims = ['b', 3] as (number | string)[] } = {}): string {
  const b = new GraphBuilder();
  const x = b.input('x', dims);
  const w = b.initializer('dense.weight', float32([1, 0, 0, 2, 1, 1], [3, 2]));
  b.output(b.op('Add', [b.op('Tanh', [b.op('MatMul', [x, w])]), b.constant(1)]), ['b', 2]);
  return Buffer.from(encodeModel(b.build(), { opset })).toString('base64');
}

const layer = (config: object, width = 3) => ({
  class_name: 'Sequential',
  config: {
    name: 'net',
    layers: [
      { class_name: 'Onnx', config: { name: 'own', batch_input_shape: [null, width], ...config } },
      { class_name: 'ReLU', config: { name: 'relu' } },
    ],
  },
});
const inference = { mode: 'inference' } as const;

describe('a layer given as ONNX', () => {
  it('computes what its graph computes, with its constants as parameters', async () => {
    const compiled = compileLayers(layer({ model: ownLayer() }), inference);
    expect(compiled.parameters.map(({ name, dims, trainable }) => [name, dims, trainable])).toEqual([
      ['own/dense.weight', [3, 2], true],
    ]);
    expect([...compiled.parameters[0]!.initial(4)]).toEqual([1, 0, 0, 2, 1, 1]);
    expect(compiled.layers.map(({ name, units }) => [name, units])).toEqual([['own', 2]]);
    const session = await InferenceSession.create(encodeModel(compiled.graph));
    const result = await session.run({
      own_input: new Tensor('float32', [0.1, 0.2, 0.3], [1, 3]),
      'own/dense.weight': new Tensor('float32', compiled.parameters[0]!.initial(1), [3, 2]),
    });
    const [a, b] = result[compiled.outputs[0]!.tensor]!.data as Float32Array;
    expect(a).toBeCloseTo(Math.tanh(0.1 + 0.3) + 1, 6);
    expect(b).toBeCloseTo(Math.tanh(0.4 + 0.3) + 1, 6);
  });

  it('may be called twice, and shares its parameters', () => {
    const input = (name: string) => ({
      class_name: 'InputLayer',
      name,
      config: { name, batch_input_shape: [null, 3] },
      inbound_nodes: [],
    });
    const compiled = compileLayers(
      {
        class_name: 'Model',
        config: {
          name: 'm',
          input_layers: [
            ['x', 0, 0],
            ['y', 0, 0],
          ],
          output_layers: [['sum', 0, 0]],
          layers: [
            input('x'),
            input('y'),
            {
              class_name: 'Onnx',
              name: 'own',
              config: { model: ownLayer() },
              inbound_nodes: [[['x', 0, 0, {}]], [['y', 0, 0, {}]]],
            },
            {
              class_name: 'Add',
              name: 'sum',
              config: {},
              inbound_nodes: [
                [
                  ['own', 0, 0, {}],
                  ['own', 1, 0, {}],
                ],
              ],
            },
          ],
        },
      },
      inference,
    );
    expect(compiled.parameters).toHaveLength(1);
    expect(compiled.graph.nodes.filter(({ opType }) => opType === 'Tanh')).toHaveLength(2);
  });

  it.each<[string, object, number, RegExp]>([
    ['without a file', {}, 3, /layer "own" \(Onnx\) has no model; give an ONNX file in base64/],
    ['with bytes that are no model', { model: 'AAAA' }, 3, /layer "own" \(Onnx\) has a bad model/],
    ['of another opset', { model: ownLayer({ opset: 12 }) }, 3, /of opset 12; export it with 18 to 20/],
    [
      'with a fixed batch',
      { model: ownLayer({ dims: [1, 3] }) },
      3,
      /input "x" is \[1, 3\]; give it an open batch/,
    ],
    [
      'behind something of another shape',
      { model: ownLayer() },
      4,
      /input "x" takes \[3\]; \[4\] is connected/,
    ],
  ])('is refused %s', (_, config, width, message) => {
    expect(() => compileLayers(layer(config, width), inference)).toThrow(message);
  });
});
