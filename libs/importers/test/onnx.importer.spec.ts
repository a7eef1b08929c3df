import {
  evaluateProgram,
  gradientsProgram,
  headGradientsProgram,
  responsesProgram,
  trainStepProgram,
} from '@noema/engine';
import type { CompiledModel, LayerInfo } from '@noema/layers';
import { afterAll, describe, expect, it } from 'vitest';
import { measureDifference, engine, readFeeds, fixture, imported, softmaxDifference } from './run-model.js';

afterAll(() => engine.close());

/**
 * The layers before the scores of the first output: what is behind them, as a last sigmoid, does not move
 * them.
 */
const scored = ({ layers, outputs }: CompiledModel): readonly LayerInfo[] =>
  layers.slice(0, outputs[0]!.nonLinearity === 'sigmoid' ? -1 : undefined);

describe('an imported ONNX file', () => {
  it.each(['torch-cnn', 'torch-text', 'torch-fixed', 'no-gradient', 'functions'])(
    '%s predicts what ONNX Runtime predicted in Python',
    async (name) => {
      expect(await measureDifference(await imported(`${name}.onnx`), `${name}.json`)).toBeLessThan(1e-5);
    },
  );

  it("of Keras' own exporter predicts what Keras predicts, its pictures unchanged", async () => {
    const read = await imported('keras-cnn.onnx');
    expect(await measureDifference(read, 'keras-cnn.json')).toBeLessThan(1e-5);
    expect(read.model.inputs).toEqual([{ name: 'picture', dims: ['n', 8, 8, 2] }]);
    expect(read.model.outputs[0]).toMatchObject({ dims: ['n', 3], nonLinearity: 'softmax' });
    expect(read.model.layers.map(({ name, kind, units, spatial }) => [name, kind, units, spatial])).toEqual([
      ['first_1', 'Conv', 4, [8, 8]],
      ['second_1', 'Conv', 6, [2, 2]],
      ['hidden_1', 'MatMul', 5, []],
      ['classes_1', 'MatMul', 3, []],
    ]);
    expect(read.model.layers.map(({ activation }) => activation.split('/').at(-1))).toEqual([
      'Relu:0',
      'Relu:0',
      'Tanh:0',
      'MatMul:0',
    ]);
  });

  it.each<[string, object, object]>([
    ['torch-mask', {}, { dims: ['n', 8, 8, 3] }],
    ['torch-mask', { outputActivation: 'softmax' }, { dims: ['n', 8, 8, 3], nonLinearity: 'softmax' }],
    ['torch-mask-softmax', {}, { dims: ['n', 8, 8, 3], nonLinearity: 'softmax' }],
    ['torch-mask-turned', {}, { dims: ['n', 8, 8, 3] }],
    ['torch-series', {}, { dims: ['n', 7, 2], nonLinearity: 'sigmoid' }],
  ])(
    '%s with %j gives the classes of every position last, whatever the file does',
    async (name, options, output) => {
      const read = await imported(`${name}.onnx`, options);
      const { model, weights } = read;
      expect(model.outputs).toEqual([expect.objectContaining(output)]);
      if (!('outputActivation' in options))
        expect(await measureDifference(read, `${name}.json`)).toBeLessThan(1e-5);
      else {
        const { program, predictions } = evaluateProgram(model, weights);
        const found = (await engine.run(program, await readFeeds(`${name}.json`, model)))[predictions[0]!]!;
        expect(await softmaxDifference(`${name}.json`, found.data as Float32Array)).toBeLessThan(1e-5);
      }
      expect(
        gradientsProgram(model, weights, { of: 'scores', layers: model.layers.map((layer) => layer.name) })
          .gradients.size,
      ).toBe(scored(model).length);
    },
  );

  it('shows the sigmoid of a head whose output is turned to channels last', async () => {
    const { model, weights } = await imported('torch-series.onnx');
    expect(model.layers.map(({ name, dims, unitAxis, spatial }) => [name, dims, unitAxis, spatial])).toEqual([
      ['conv', ['n', 4, 7], 1, [7]],
      ['head', ['n', 7, 2], 2, [7]],
    ]);
    const { program, layers } = responsesProgram(model, weights);
    const found = (await engine.run(program, await readFeeds('torch-series.json', model)))[layers[1]!.mean]!
      .data as Float32Array;
    const {
      outputs: [marks],
    } = JSON.parse((await fixture('torch-series.json')).toString()) as {
      outputs: [{ dims: number[]; data: number[] }];
    };
    // The file's own output is [n, classes, steps].
    const means = Array.from(
      { length: 3 * 2 },
      (_, i) => marks.data.slice(7 * i, 7 * i + 7).reduce((a, b) => a + b) / 7,
    );
    expect(Math.max(...means.map((mean, i) => Math.abs(mean - found[i]!)))).toBeLessThan(1e-6);
  });

  it('takes pictures channels last, and shows units behind batch normalisation and non-linearity', async () => {
    const { model } = await imported('torch-cnn.onnx');
    expect(model.inputs).toEqual([{ name: 'input', dims: ['n', 8, 8, 1] }]);
    expect(
      model.layers.map(({ name, kind, units, activation, unitAxis, spatial, isConvolution }) => [
        name,
        kind,
        units,
        activation,
        unitAxis,
        spatial,
        isConvolution,
      ]),
    ).toEqual([
      ['conv1', 'Conv', 6, '/relu/Relu_output_0', 1, [8, 8], true],
      ['conv2', 'Conv', 6, '/act/Mul_output_0', 1, [4, 4], true],
      ['fc', 'Gemm', 3, 'output', 1, [], false],
    ]);
    expect(
      model.summary.map(({ name, kind, outputDims, parameterCount }) => [
        name,
        kind,
        outputDims,
        parameterCount,
      ]),
    ).toEqual([
      ['input', 'Input', [8, 8, 1], 0],
      ['conv1', 'Conv', [8, 8, 6], 60],
      ['bn1', 'BatchNormalization', [8, 8, 6], 24],
      ['conv2', 'Conv', [4, 4, 6], 330],
      ['fc', 'Gemm', [3], 291],
    ]);
  });

  it(
    'shows recurrent units of both directions sample by sample, token vectors unchanged, and a GELU ' +
      'that is written in parts',
    async () => {
      const { model, weights } = await imported('torch-text.onnx');
      expect(model.layers.map(({ name, kind, units, spatial }) => [name, kind, units, spatial])).toEqual([
        ['embedding', 'Embedding', 4, [6]],
        ['lstm', 'LSTM', 10, [6]],
        ['fc1', 'MatMul', 8, []],
        ['fc2', 'Gemm', 2, []],
      ]);
      expect(model.layers[2]!.activation).toBe('/gelu/Mul_1_output_0');
      expect(model.outputs[0]).toMatchObject({
        name: 'probabilities',
        logits: '/fc2/Gemm_output_0',
        nonLinearity: 'softmax',
      });
      const { program, layers } = responsesProgram(model, weights);
      const feeds = await readFeeds('torch-text.json', model);
      const all = await engine.run(program, feeds);
      const lstm = layers[1]!.mean;
      const { tokens } = feeds;
      const third = await engine.run(program, {
        tokens: { ...tokens!, dims: [1, 6], data: tokens!.data.slice(12) },
      });
      const apart = (all[lstm]!.data as Float32Array)
        .slice(20)
        .map((value, i) => Math.abs(value - (third[lstm]!.data as Float32Array)[i]!));
      expect(Math.max(...apart)).toBeLessThan(1e-6);
    },
  );

  it('has gradients at every layer and input, and can be trained on', async () => {
    for (const name of ['torch-cnn', 'torch-text', 'torch-fixed', 'functions']) {
      const { model, weights } = await imported(`${name}.onnx`);
      const whole = gradientsProgram(model, weights, {
        of: 'scores',
        layers: model.layers.map((layer) => layer.name),
      });
      expect([...whole.gradients.keys()]).toEqual(scored(model).map((layer) => layer.name));
      expect(headGradientsProgram(model, weights, model.layers[0]!)!.gradient).toBeDefined();
      const loss = model.outputs[0]!.dims[1] === 1 ? 'binary_crossentropy' : 'categorical_crossentropy';
      const idle = trainStepProgram(model, [{ loss }])
        .parameters.filter(({ gradient }) => gradient === undefined)
        .map(({ parameter }) => parameter.name);
      expect(idle).toEqual(name === 'torch-cnn' ? ['bn1/mean', 'bn1/variance'] : []);
    }
  });

  it('says which operator has no gradient, and only for what lies before it', async () => {
    const { model, weights } = await imported('no-gradient.onnx');
    expect(() => headGradientsProgram(model, weights, model.layers[0]!)).toThrow(
      /operator GridSample .* has no gradient/,
    );
    expect(model.layers.map(({ name }) => name)).toEqual(['first', 'fc']);
  });

  it('gets the requested activation behind its first output', async () => {
    const { model, weights } = await imported('torch-cnn.onnx', { outputActivation: 'softmax' });
    expect(model.outputs[0]).toMatchObject({ name: 'output', logits: 'output', nonLinearity: 'softmax' });
    const { program, predictions } = responsesProgram(model, weights);
    const rows = (await engine.run(program, await readFeeds('torch-cnn.json', model)))[predictions[0]!]!
      .data as Float32Array;
    expect(rows[0]! + rows[1]! + rows[2]!).toBeCloseTo(1, 6);
  });

  it('draws first weights anew from a seed, statistics and scales neutral', async () => {
    const { model } = await imported('torch-cnn.onnx');
    const drawn = new Map(model.parameters.map((parameter) => [parameter.name, parameter.initial(3)]));
    // Glorot and Bengio (2010): uniform up to √(6 / (fan in + fan out)).
    const limit = Math.sqrt(6 / (9 * 6 + 9 * 6));
    const conv2 = drawn.get('conv2/weight')!;
    expect(Math.max(...conv2)).toBeLessThanOrEqual(limit);
    expect(Math.max(...conv2)).toBeGreaterThan(0.9 * limit);
    expect([...drawn.get('bn1/variance')!]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...drawn.get('conv1/bias')!]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
