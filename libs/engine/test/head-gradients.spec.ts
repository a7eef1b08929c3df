import { seededRandom } from '@noema/kernel';
import { type CompiledModel, compileLayers } from '@noema/layers';
import { decodeModel, float32, int64 } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, gradientsProgram, headGradientsProgram, initialWeights } from '../src/index.js';
import { inference, smallCnn } from './trainer.models.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const node = (className: string, name: string, config: object, ...from: string[]) => ({
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: from.length === 0 ? [] : [from.map((input) => [input, 0, 0, {}])],
});
/** A model with a way around the layer `second`. */
const around = compileLayers(
  {
    class_name: 'Functional',
    config: {
      name: 'around',
      input_layers: [['x', 0, 0]],
      output_layers: [['out', 0, 0]],
      layers: [
        node('InputLayer', 'x', { batch_input_shape: [null, 8, 8, 1] }),
        node('Conv2D', 'first', { filters: 4, kernel_size: 3, padding: 'same', activation: 'relu' }, 'x'),
        node(
          'Conv2D',
          'second',
          { filters: 4, kernel_size: 3, padding: 'same', activation: 'tanh' },
          'first',
        ),
        node('Multiply', 'product', {}, 'first', 'second'),
        node('MaxPooling2D', 'pool', { pool_size: 2 }, 'product'),
        node('Flatten', 'flat', {}, 'pool'),
        node('Dense', 'out', { units: 3, activation: 'softmax' }, 'flat'),
      ],
    },
  },
  { mode: 'inference' },
);

const samples = 2;
const pairs = [
  [0, 0],
  [0, 2],
  [1, 1],
  [1, 0],
  [0, 1],
] as const;
const random = seededRandom(9);
const x = float32(Float32Array.from({ length: samples * 64 }, random), [samples, 8, 8, 1]);
const seeds = float32(Float32Array.from(pairs.flatMap(([, c]) => [0, 1, 2].map((i) => (i === c ? 1 : 0)))), [
  pairs.length,
  3,
]);

describe.each<[string, CompiledModel]>([
  ['a chain', inference(smallCnn)],
  ['a model with a way around the layer', around],
])('of %s', (_, model) => {
  const weights = initialWeights(model, 5);
  it.each(model.layers.map(({ name }) => name).filter((name) => name !== 'out'))(
    'the gradients at %s equal the gradients of whole passes, one for each pair',
    async (name) => {
      const layer = model.layers.find((one) => one.name === name)!;
      const head = headGradientsProgram(model, weights, layer)!;
      const found = await engine.run(head.program, {
        x,
        [head.of]: int64(pairs.map(([sample]) => sample)),
        [head.seed]: seeds,
      });
      const whole = gradientsProgram(model, weights, { of: 'scores', layers: [name] });
      const repeated = float32(
        Float32Array.from(
          pairs.flatMap(([sample]) => [...(x.data as Float32Array).subarray(sample * 64, (sample + 1) * 64)]),
        ),
        [pairs.length, 8, 8, 1],
      );
      const expected = await engine.run(whole.program, { x: repeated, [whole.seed!]: seeds });
      const size = found[head.activation]!.data.length / samples;
      expect(found[head.activation]!.dims[0]).toBe(samples);
      expect(found[head.gradient!]!.dims).toEqual([pairs.length, ...found[head.activation]!.dims.slice(1)]);
      found[head.gradient!]!.data.forEach((value, i) => {
        expect(value).toBeCloseTo(Number(expected[whole.gradients.get(name)!]!.data[i]), 5);
      });
      pairs.forEach(([sample], row) => {
        expect(found[head.activation]!.data.slice(sample * size, (sample + 1) * size)).toEqual(
          expected[whole.activations.get(name)!]!.data.slice(row * size, (row + 1) * size),
        );
      });
    },
  );
});

it(
  'what is before the layer is written once, for the samples: only what crosses the cut is picked for the ' +
    'pairs',
  () => {
    const layer = around.layers.find(({ name }) => name === 'second')!;
    const head = headGradientsProgram(around, initialWeights(around, 5), layer)!;
    const { nodes } = decodeModel(new Uint8Array(head.program.bytes));
    const picks = nodes.filter(({ opType, inputs }) => opType === 'Gather' && inputs[1] === head.of);
    expect(picks.map(({ inputs }) => inputs[0]).sort()).toEqual(
      [around.layers.find(({ name }) => name === 'first')!.activation, layer.activation].sort(),
    );
    expect(
      nodes.filter(
        ({ opType, inputs }) =>
          opType === 'Conv' && picks.some(({ outputs }) => outputs.includes(inputs[0]!)),
      ),
    ).toEqual([]);
  },
);

it(
  'a model whose crossing tensor is no batch along one axis is not cut, nor one at the layer that gives ' +
    'the scores',
  () => {
    expect(
      headGradientsProgram(
        around,
        initialWeights(around, 5),
        around.layers.find(({ name }) => name === 'out')!,
      ),
    ).toBeUndefined();
    const model = inference(smallCnn);
    const [layer] = model.layers;
    const shapes = new Map(
      [...model.shapes].map(
        ([name, dims]) => [name, name === layer!.activation ? ['?', ...dims.slice(1)] : dims] as const,
      ),
    );
    expect(headGradientsProgram({ ...model, shapes }, initialWeights(model, 5), layer!)).toBeUndefined();
  },
);

it(
  'given activations are continued as the activations of the model, and no input is requested that leads ' +
    'only to them',
  async () => {
    const chain = inference(smallCnn);
    const [layer] = chain.layers;
    const weights = initialWeights(chain, 5);
    const made = headGradientsProgram(chain, weights, layer!)!;
    const own = await engine.run(made.program, {
      x,
      [made.of]: int64([0, 1]),
      [made.seed]: float32([0, 1, 0, 0, 0, 1], [2, 3]),
    });
    const given = headGradientsProgram(chain, weights, layer!, { isGiven: true })!;
    expect(given.program.inputs.map(({ name }) => name).sort()).toEqual(
      [given.activation, given.seed].sort(),
    );
    const found = await engine.run(given.program, {
      [given.activation]: own[made.activation]!,
      [given.seed]: float32([0, 1, 0, 0, 0, 1], [2, 3]),
    });
    expect(found[given.gradient!]!.data).toEqual(own[made.gradient!]!.data);
    expect(found[given.scores]!.data).toEqual(own[made.scores]!.data);
    const behind = headGradientsProgram(
      around,
      initialWeights(around, 5),
      around.layers.find(({ name }) => name === 'second')!,
      { isGiven: true },
    )!;
    expect(behind.program.inputs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['x', behind.of, behind.activation]),
    );
  },
);
