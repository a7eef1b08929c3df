import { gradients } from '@noema/autodiff';
import { seededRandom } from '@noema/kernel';
import { type CompiledModel, compileLayers } from '@noema/layers';
import {
  type Dim,
  elementCount,
  float32,
  type Graph,
  GraphBuilder,
  prune,
  type TensorData,
} from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, Program } from '../src/index.js';
import { croppedGraph } from '../src/programs/cropped.graph.js';
import { pooledGraph } from '../src/programs/pooled.graph.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});

/**
 * A convolution, a pooling and whatever is between them, then another convolution with a pooling of windows
 * that overlap.
 */
const network = (conv: object, pool: object, between: readonly object[] = []): CompiledModel =>
  compileLayers(
    JSON.stringify({
      class_name: 'Sequential',
      config: {
        name: 'pooled',
        layers: [
          layer('InputLayer', 'image', { batch_input_shape: [null, 10, 12, 2], dtype: 'float32' }),
          layer('Conv2D', 'first', { filters: 3, kernel_size: [3, 2], ...conv }),
          ...between,
          layer('MaxPooling2D', 'pool', pool),
          layer('Conv2D', 'second', { filters: 20, kernel_size: [2, 2], activation: 'relu' }),
          layer('MaxPooling2D', 'overlap', { pool_size: [2, 1], strides: [1, 1] }),
          layer('Flatten', 'flat', {}),
          layer('Dense', 'out', { units: 2 }),
        ],
      },
    }),
    { mode: 'training' },
  );

/** The output and its gradient by everything that is learned, and by the input. */
async function slopes(
  { outputs: [output], inputs: [input], parameters }: CompiledModel,
  { graph, shapes }: { graph: Graph; shapes: ReadonlyMap<string, readonly Dim[]> },
  feeds: Record<string, TensorData>,
): Promise<Float32Array[]> {
  const builder = new GraphBuilder(graph);
  const seed = builder.input('seed', output!.dims);
  const { graph: whole, gradientByTensor } = gradients(builder.build(), {
    ofs: [{ tensor: output!.tensor, seed }],
    wrt: [input!.name, ...parameters.map(({ name }) => name)],
    shapes,
  });
  const names = [output!.tensor, ...gradientByTensor.values()];
  const found = await engine.run(Program.of(prune(whole, names)), feeds);
  return names.map((name) => found[name]!.data as Float32Array);
}

function drawFeeds(
  { inputs: [input], parameters }: CompiledModel,
  pixel: () => number,
): Record<string, TensorData> {
  const random = seededRandom(5);
  const numbers = (dims: readonly number[]): TensorData =>
    float32(
      Float32Array.from({ length: elementCount(dims) }, () => random() - 0.5),
      dims,
    );
  const image = float32(Float32Array.from({ length: 4 * 10 * 12 * 2 }, pixel), [4, 10, 12, 2]);
  return {
    [input!.name]: image,
    seed: numbers([4, 2]),
    ...Object.fromEntries(parameters.map(({ name, graphDims }) => [name, numbers(graphDims)])),
  };
}

const random = seededRandom(9);
const relu = { activation: 'relu' };
const same = { padding: 'same' };
const tiles = { pool_size: [2, 3], strides: [2, 3] };

/**
 * Both graphs on a picture of noise, and on one of one colour: there every window has its maximum everywhere,
 * and the first place gets the gradient.
 */
async function expectSame(
  model: CompiledModel,
  quicker: { graph: Graph; shapes: ReadonlyMap<string, readonly Dim[]> },
): Promise<void> {
  for (const pixel of [random, () => 0.7]) {
    const feeds = drawFeeds(model, pixel);
    const [plain, quick] = [await slopes(model, model, feeds), await slopes(model, quicker, feeds)];
    for (const [i, values] of plain.entries())
      for (const [at, value] of values.entries()) expect(Math.abs(quick[i]![at]! - value)).toBeLessThan(1e-4);
    expect(plain[1]!.some((value) => Math.abs(value) > 0.01)).toBe(true);
  }
}

describe('the pooled graph', () => {
  it.each([
    ['a convolution, cut off at zero', network({ ...relu, ...same }, tiles), true],
    ['a convolution with nothing cut off, without bias', network({ ...same, use_bias: false }, tiles), true],
    [
      'windows that leave a rest',
      network({ ...relu, ...same }, { pool_size: [3, 3], strides: [3, 3] }),
      false,
    ],
    ['a convolution with steps', network({ ...relu, ...same, strides: [1, 2] }, tiles), false],
    [
      'something else between them',
      network(same, tiles, [layer('Activation', 'bend', { activation: 'tanh' })]),
      false,
    ],
  ] as const)('gives the same values and gradients: %s', async (_, model, inPhases) => {
    const pooled = pooledGraph(model);
    const count = (graph: Graph, opType: string): number =>
      graph.nodes.filter((node) => node.opType === opType).length;
    expect(count(pooled.graph, 'Max')).toBe(inPhases ? 1 : 0);
    expect(count(pooled.graph, 'MaxPool')).toBe(inPhases ? 1 : 2);
    await expectSame(model, pooled);
  });

  it('keeps a Relu that is read elsewhere where it is', () => {
    const model = network({ ...relu, ...same }, tiles);
    const name = model.graph.nodes.find(({ opType }) => opType === 'Relu')!.outputs[0]!;
    const read = {
      ...model,
      graph: { ...model.graph, outputs: [...model.graph.outputs, { name, dataType: 'float32' as const }] },
    };
    expect(pooledGraph(read).graph.nodes.filter(({ opType }) => opType === 'Max')).toEqual([]);
  });
});

describe('the cropped graph', () => {
  const listSizes = ({
    graph,
    shapes,
  }: {
    graph: Graph;
    shapes: ReadonlyMap<string, readonly Dim[]>;
  }): string[] =>
    graph.nodes
      .filter(({ opType }) => opType === 'Conv')
      .map(({ outputs: [name] }) => shapes.get(name!)!.slice(2).join('×'));
  const bend = layer('Activation', 'bend', { activation: 'tanh' });
  it.each([
    ['windows that leave a rest', network(relu, tiles), ['8×9', '3×2']],
    [
      'windows that leave a rest of a convolution with a border',
      network({ ...relu, ...same }, { pool_size: [3, 5], strides: [3, 5] }),
      ['9×10', '2×1'],
    ],
    ['windows that leave steps out', network(relu, { pool_size: [1, 2], strides: [3, 4] }), ['7×10', '2×2']],
    [
      'a convolution with steps, and something between',
      network({ strides: [1, 2] }, { pool_size: [3, 2], strides: [2, 2] }, [bend]),
      ['7×6', '2×2'],
    ],
  ] as const)('makes less for the same values and gradients: %s', async (_, model, sizes) => {
    const cropped = croppedGraph(model);
    expect(listSizes(cropped)).toEqual(sizes);
    await expectSame(model, cropped);
    await expectSame(model, pooledGraph({ ...model, ...cropped }));
  });

  it('leaves a graph unchanged of which everything is read, or an output', () => {
    const whole = network({ ...relu, ...same }, tiles);
    const rest = network(relu, tiles);
    expect(croppedGraph(whole).graph).toBe(whole.graph);
    const name = rest.graph.nodes.find(({ opType }) => opType === 'Conv')!.outputs[0]!;
    expect(
      croppedGraph({
        ...rest,
        graph: { ...rest.graph, outputs: [...rest.graph.outputs, { name, dataType: 'float32' as const }] },
      }).graph.nodes.filter(({ opType }) => opType === 'Slice'),
    ).toEqual([]);
  });
});
