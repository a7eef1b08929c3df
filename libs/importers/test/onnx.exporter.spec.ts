import { compileModel, exportOnnx, type ImportOptions } from '@noema/importers';
import { compileLayers, encodeWeights, layersArtifact } from '@noema/layers';
import {
  decodeModel,
  elementCount,
  encodeModel,
  float,
  float32,
  GraphBuilder,
  type TensorData,
} from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { lowered } from '../src/export/opset.downgrade.js';
import { graphArtifact } from '../src/onnx/graph.model.js';
import { findImporter } from '../src/importer.registry.js';
import { fixture, imported, readFeeds } from './run-model.js';

/** The file that a version made of a fixture is exported to. */
async function exported(file: string, options: ImportOptions = {}, opset = 17): Promise<Uint8Array> {
  const { artifact, model, weights } = await imported(file, options);
  return exportOnnx(JSON.stringify(artifact), encodeWeights(model.parameters, weights), { opset });
}

/** Runs a file in ONNX Runtime alone; the outputs in the order of the file. */
async function run(file: Uint8Array, feeds: Readonly<Record<string, TensorData>>): Promise<TensorData[]> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const results = await session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        new Tensor('float32', data as Float32Array, dims),
      ]),
    ),
  );
  return session.outputNames.map((name) => float32(results[name]!.data as Float32Array, results[name]!.dims));
}

interface Expected {
  readonly outputs: readonly { readonly dims: readonly number[]; readonly data: readonly number[] }[];
}

const difference = (found: TensorData, expected: ArrayLike<number>): number =>
  Math.max(...Array.from(expected, (value, i) => Math.abs(value - Number(found.data[i]))));

describe('an exported version', () => {
  it.each([
    ['net-3.keras', 'net-3-keras'],
    ['net-2.h5', 'net-2-h5'],
    ['normalised-2.h5', 'normalised-2-h5'],
    ['normalised-3.keras', 'normalised-3-keras'],
    ['keras-cnn.onnx', 'keras-cnn'],
    ['torch-cnn.onnx', 'torch-cnn'],
    ['torch-text.onnx', 'torch-text'],
    ['torch-fixed.onnx', 'torch-fixed'],
    ['torch-series.onnx', 'torch-series'],
    ['no-gradient.onnx', 'no-gradient'],
  ])('of %s predicts in ONNX Runtime what its own runtime predicted', async (file, reference) => {
    const { outputs } = JSON.parse((await fixture(`${reference}.json`)).toString()) as Expected;
    const feeds = await readFeeds(`${reference}.json`, (await imported(file)).model);
    for (const opset of [17, 20]) {
      const bytes = await exported(file, {}, opset);
      expect(decodeModel(bytes).opset).toBe(opset);
      const found = await run(bytes, feeds);
      expect(found).toHaveLength(outputs.length);
      for (const [i, { dims, data }] of outputs.entries()) {
        expect(elementCount(found[i]!.dims)).toBe(elementCount(dims));
        if (found[i]!.dims.join() === dims.join()) expect(difference(found[i]!, data)).toBeLessThan(1e-5);
      }
    }
  });

  it('names inputs, outputs, weights and operators after the layers', async () => {
    const { model } = await imported('net-3.keras');
    const graph = decodeModel(await exported('net-3.keras'));
    expect(graph.inputs).toEqual(model.inputs.map((input) => ({ ...input, dataType: 'float32' })));
    expect(graph.outputs.map(({ name }) => name)).toEqual(model.outputs.map(({ name }) => name));
    expect([...graph.initializers.keys()]).toEqual(
      expect.arrayContaining(model.parameters.map(({ name }) => name)),
    );
    const layers = new Set(model.summary.map(({ name }) => name));
    const made = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name.includes('/')));
    expect(made.length).toBeGreaterThan(graph.nodes.length / 2);
    expect(made.filter((name) => !layers.has(name.slice(0, name.lastIndexOf('/'))))).toEqual([]);
  });

  it('keeps the names of an imported graph, and can be imported again', async () => {
    const first = await imported('torch-cnn.onnx');
    const bytes = await exported('torch-cnn.onnx');
    const again = await findImporter('', bytes).read(bytes, {});
    expect(again.model.layers.map(({ units }) => units)).toEqual(
      first.model.layers.map(({ units }) => units),
    );
    expect(again.model.inputs).toEqual(first.model.inputs);
    expect(again.model.outputs[0]).toMatchObject({ name: first.model.outputs[0]!.name });
  });

  it('of an output activation that the import appended has it too', async () => {
    const feeds = await readFeeds('torch-cnn.json', (await imported('torch-cnn.onnx')).model);
    const [found] = await run(await exported('torch-cnn.onnx', { outputActivation: 'softmax' }), feeds);
    const classes = found!.dims.at(-1)!;
    const sum = Array.from(found!.data.slice(0, classes), Number).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 5);
  });

  it('has both of two outputs that are one tensor', async () => {
    const topology = {
      class_name: 'Functional',
      config: {
        name: 'twins',
        layers: [
          { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_input_shape: [null, 2] } },
          ...['a', 'b'].map((name) => ({
            class_name: 'ReLU',
            name,
            config: { name },
            inbound_nodes: [[['x', 0, 0, {}]]],
          })),
        ],
        input_layers: [['x', 0, 0]],
        output_layers: ['a', 'b'].map((name) => [name, 0, 0]),
      },
    };
    const { parameters } = compileLayers(topology, { mode: 'inference' });
    const bytes = exportOnnx(layersArtifact(topology, parameters), new Uint8Array(0));
    expect(decodeModel(bytes).outputs.map(({ name }) => name)).toEqual(['a', 'b']);
    const found = await run(bytes, { x: float32([-1, 2], [1, 2]) });
    expect(found.map(({ data }) => [...(data as Float32Array)])).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it('refuses weights of another model, versions that it does not write, and a model without a graph', async () => {
    const { artifact } = await imported('torch-cnn.onnx');
    expect(() => exportOnnx(artifact, new Uint8Array(8))).toThrow('8 bytes are given and the model has');
    expect(() => exportOnnx(artifact, new Uint8Array(8), { opset: 9 })).toThrow(
      'in operators of version 17 or 20, and 9 is given',
    );
    expect(() => exportOnnx({ format: 'recorded' }, new Uint8Array(8))).toThrow('without its graph');
  });
});

describe('operators of version 20 in version 17', () => {
  const dims = [2, 4, 3, 5];
  const x = float32(
    Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(i * 1.7)),
    dims,
  );
  const built = (write: (b: GraphBuilder) => string) => {
    const builder = new GraphBuilder();
    builder.input('x', ['n', ...dims.slice(1)]);
    builder.output(write(builder));
    return builder.build();
  };
  const facts = { shapes: new Map([['x', ['n', 4, 3, 5]]]), findLayer: () => 'block' };

  it.each<[string, (b: GraphBuilder) => string]>([
    ['ReduceMax', (b) => b.op('ReduceMax', ['x', b.constant([1, -1])], { keepdims: 0 })],
    ['ReduceL2', (b) => b.op('ReduceL2', ['x', b.constant([2])], { keepdims: 1, noop_with_empty_axes: 0 })],
    ['ReduceMean', (b) => b.op('ReduceMean', ['x'], { keepdims: 1 })],
    ['Split', (b) => b.ops('Split', ['x'], { axis: -1, num_outputs: 2 }, 2)[0]!],
    ['Split in equal parts', (b) => b.ops('Split', ['x'], { axis: 1, num_outputs: 2 }, 2)[1]!],
    ['Gelu', (b) => b.op('Gelu', ['x'])],
    ['Gelu by tanh', (b) => b.op('Gelu', ['x'], { approximate: 'tanh' })],
    ['Mish', (b) => b.op('Mish', ['x'])],
    [
      'GroupNormalization',
      (b) =>
        b.op('GroupNormalization', ['x', b.constant(float32([2, 3])), b.constant(float32([0.5, -1]))], {
          num_groups: 2,
          epsilon: float(0.1),
        }),
    ],
    [
      'Pad',
      (b) =>
        b.op('Pad', ['x', b.constant([1, 0, 0, 2]), b.constant(0.5), b.constant([-1, 1])], {
          mode: 'constant',
        }),
    ],
    ['AveragePool', (b) => b.op('AveragePool', ['x'], { kernel_shape: [2, 2], dilations: [1, 1] })],
    [
      'Resize',
      (b) =>
        b.op('Resize', ['x', '', b.constant(float32([1, 1, 2, 2]))], {
          mode: 'linear',
          antialias: 0,
          keep_aspect_ratio_policy: 'stretch',
        }),
    ],
  ])('%s computes the same', async (_, write) => {
    const graph = built(write);
    const old = encodeModel(lowered(graph, facts), { opset: 17 });
    const [expected] = await run(encodeModel(graph), { x });
    const [found] = await run(old, { x });
    expect(found!.dims).toEqual(expected!.dims);
    expect(difference(found!, expected!.data as Float32Array)).toBeLessThan(1e-6);
  });

  it.each<[string, (b: GraphBuilder) => string]>([
    [
      'Resize has antialias 1',
      (b) => b.op('Resize', ['x', '', b.constant(float32([1, 1, 2, 2]))], { antialias: 1 }),
    ],
    [
      'AveragePool has dilations [2,2]',
      (b) => b.op('AveragePool', ['x'], { kernel_shape: [2, 2], dilations: [2, 2] }),
    ],
    ['Pad has mode wrap', (b) => b.op('Pad', ['x', b.constant([0, 0, 0, 1, 0, 0, 0, 1])], { mode: 'wrap' })],
  ])('%s: refused by the name of the layer', (why, write) => {
    expect(() => lowered(built(write), facts)).toThrow(
      `layer "block" cannot be written in operators of version 17: its ${why}; export the model in version 20`,
    );
  });

  it('names the layer of a whole model', () => {
    const graph = built((b) =>
      b.op('Resize', ['x', '', b.constant(float32([1, 1, 2, 2]))], { antialias: 1 }, 'enlarged'),
    );
    const artifact = graphArtifact(graph, {
      name: 'net',
      inputs: [{ name: 'x', dims: ['n', 4, 3, 5] }],
      outputs: [{ name: 'y', tensor: 'enlarged', dims: ['n', 4, 6, 10] }],
      parameters: [],
      layers: [],
      summary: [],
      shapes: {},
    });
    expect(compileModel(artifact, { mode: 'inference' }).parameters).toEqual([]);
    expect(() => exportOnnx(artifact, new Uint8Array(0))).toThrow('layer "enlarged" cannot be written');
  });
});
