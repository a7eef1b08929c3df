import * as tf from '@tensorflow/tfjs-core';
import { encodeModel, type Graph } from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CompiledModel, compileLayers } from '../src/index.js';
import { findWeight, layerCases, randomizeWeights } from './layer-cases.js';

type LayersModel = ReturnType<(typeof layerCases)[number]['build']>;

const BATCH = 3;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Weights of the TF.js model for a compiled one, by name. */
function feedWeights(model: LayersModel, compiled: CompiledModel): Record<string, Tensor> {
  return Object.fromEntries(
    compiled.parameters.map((parameter) => {
      const found = findWeight(model, parameter.name);
      expect(parameter.dims).toEqual(found.shape);
      return [
        parameter.name,
        new Tensor(
          'float32',
          parameter.toGraph(found.read().dataSync() as Float32Array),
          parameter.graphDims,
        ),
      ];
    }),
  );
}

const randomInputs = (model: LayersModel, below?: number): tf.Tensor[] =>
  model.inputs.map(({ shape }, i) => {
    const uniform = tf.randomUniform(
      [BATCH, ...(shape.slice(1) as number[])],
      below === undefined ? -1 : 0,
      below ?? 1,
      'float32',
      77 + i,
    );
    return below === undefined ? uniform : tf.floor(uniform);
  });
const toSize = (dim: number | string): number =>
  typeof dim === 'number' ? dim : BATCH * Number(dim.split('*')[1] ?? 1);
const TYPES: Readonly<Record<string, 'bool' | 'int64'>> = {
  Greater: 'bool',
  Equal: 'bool',
  Not: 'bool',
  Shape: 'int64',
};

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(encodeModel(graph), { intraOpNumThreads: 1 });
  return await session.run(feeds);
}

function largestDifference(actual: Tensor, expected: tf.Tensor): number {
  expect(actual.dims).toEqual(expected.shape);
  const [a, b] = [actual.data as Float32Array, expected.dataSync()];
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

describe.each(layerCases)('$name', ({ build, below }) => {
  it('gives what TF.js gives, in the shapes it promised', async () => {
    const model = build();
    randomizeWeights(model);
    const compiled = compileLayers(model.toJSON(), { mode: 'inference' });
    const inputs = randomInputs(model, below);
    const feeds = {
      ...feedWeights(model, compiled),
      ...Object.fromEntries(
        compiled.inputs.map(({ name }, i) => [
          name,
          new Tensor('float32', inputs[i]!.dataSync() as Float32Array, inputs[i]!.shape),
        ]),
      ),
    };
    const made = compiled.graph.nodes.flatMap(({ outputs }) => outputs);
    const types = new Map<string, 'float32' | 'bool' | 'int64'>();
    for (const { opType, inputs: reads, outputs, attributes } of compiled.graph.nodes) {
      const kept = ['Concat', 'Unsqueeze'].includes(opType) ? types.get(reads[0]!) : undefined;
      for (const output of outputs)
        types.set(
          output,
          (opType === 'Cast' && attributes['to'] === 7 ? 'int64' : TYPES[opType]) ?? kept ?? 'float32',
        );
    }
    const results = await run(
      { ...compiled.graph, outputs: made.map((name) => ({ name, dataType: types.get(name)! })) },
      feeds,
    );

    const expected = [model.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat<
      (tf.Tensor | tf.Tensor[])[]
    >();
    compiled.outputs.forEach(({ tensor, dims }, i) => {
      const actual = results[tensor] ?? feeds[tensor]!;
      expect(largestDifference(actual, expected[i]!)).toBeLessThan(1e-5);
      expect(actual.dims).toEqual(dims.map(toSize));
    });
    for (const name of made)
      expect([name, ...results[name]!.dims]).toEqual([name, ...compiled.shapes.get(name)!.map(toSize)]);
  });
});

describe('in training', () => {
  it.each(['BatchNormalization after convolution', 'nested models'])(
    'BatchNormalization uses the moments of the batch and moves the moving ones: %s',
    async (name) => {
      const model = layerCases.find((layerCase) => layerCase.name === name)!.build();
      randomizeWeights(model);
      const compiled = compileLayers(model.toJSON(), { mode: 'training' });
      const [x] = randomInputs(model);
      const feeds = {
        ...feedWeights(model, compiled),
        [compiled.inputs[0]!.name]: new Tensor('float32', x!.dataSync() as Float32Array, x!.shape),
      };
      const updates = compiled.updates.map(({ tensor }) => ({ name: tensor, dataType: 'float32' as const }));
      const results = await run(
        { ...compiled.graph, outputs: [...compiled.graph.outputs, ...updates] },
        feeds,
      );
      const expected = model.apply(x!, { training: true }) as tf.Tensor;
      expect(largestDifference(results[compiled.outputs[0]!.tensor]!, expected)).toBeLessThan(1e-5);
      for (const { parameter, tensor } of compiled.updates) {
        const moved = model.weights.find((weight) => parameter.endsWith(weight.name))!;
        expect(largestDifference(results[tensor]!, moved.read())).toBeLessThan(1e-5);
      }
      expect(compiled.updates.map(({ parameter }) => parameter.split('/').at(-1))).toEqual([
        'moving_mean',
        'moving_variance',
      ]);
      expect(compiled.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name)).toEqual(
        compiled.updates.map(({ parameter }) => parameter),
      );
    },
  );

  it('Dropout multiplies by a mask that is an input', async () => {
    const topology = {
      class_name: 'Sequential',
      config: [{ class_name: 'Dropout', config: { name: 'drop', rate: 0.25, batch_input_shape: [null, 4] } }],
    };
    const compiled = compileLayers(topology, { mode: 'training' });
    expect(compiled.masks).toEqual([{ name: 'drop/mask', dims: ['n', 4], rate: 0.25 }]);
    const result = await run(compiled.graph, {
      drop_input: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, 4]),
      'drop/mask': new Tensor('float32', Float32Array.of(0, 4 / 3, 0, 4 / 3), [1, 4]),
    });
    expect([...(result[compiled.outputs[0]!.tensor]!.data as Float32Array)]).toEqual([
      0,
      Math.fround(8 / 3),
      0,
      Math.fround(16 / 3),
    ]);
    expect(compileLayers(topology, { mode: 'inference' }).masks).toEqual([]);
  });
});
