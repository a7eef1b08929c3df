import { seededRandom } from '@noema/kernel';
import { decodeModel, elementCount, float32, type Graph, GraphBuilder } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, evaluateProgram, initialWeights, Program, responsesProgram } from '../src/index.js';
import { groupedGraph } from '../src/programs/grouped.graph.js';
import { samplesAndConstants } from '../src/programs/samples.of.graph.js';
import { inference, sequence, smallCnn } from './trainer.models.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const LOSSES = [{ loss: 'mean_squared_error' }];
const layer = (class_name: string, name: string, config: object, ...from: readonly string[]): object => ({
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: from.length === 0 ? [] : [from.map((each) => [each, 0, 0, {}])],
});
const conv = (name: string, filters: number, config: object = {}) =>
  ['Conv2D', { name, filters, kernel_size: [3, 3], activation: 'relu', ...config }] as const;

/**
 * A block with a way around it, one with two ways side by side, and padding, as larger networks have them.
 */
const branches = {
  class_name: 'Functional',
  config: {
    name: 'branches',
    input_layers: [['x', 0, 0]],
    output_layers: [['out', 0, 0]],
    layers: [
      layer('InputLayer', 'x', { batch_input_shape: [null, 9, 9, 2] }),
      layer(
        'ZeroPadding2D',
        'pad',
        {
          padding: [
            [1, 1],
            [1, 1],
          ],
        },
        'x',
      ),
      layer('Conv2D', 'a', { filters: 6, kernel_size: [3, 3] }, 'pad'),
      layer('BatchNormalization', 'norm', {}, 'a'),
      layer('Activation', 'bend', { activation: 'relu' }, 'norm'),
      layer('Conv2D', 'b', { filters: 6, kernel_size: [3, 3], padding: 'same' }, 'bend'),
      layer('Add', 'sum', {}, 'b', 'bend'),
      layer('Conv2D', 'c', { filters: 3, kernel_size: [1, 1] }, 'sum'),
      layer('AveragePooling2D', 'd', { pool_size: [3, 3], strides: [1, 1], padding: 'same' }, 'sum'),
      layer('Concatenate', 'both', { axis: -1 }, 'c', 'd'),
      layer('GlobalAveragePooling2D', 'all', {}, 'both'),
      layer('Dense', 'out', { units: 3, activation: 'softmax' }, 'all'),
    ],
  },
};

const countLoops = (program: Program): number =>
  decodeModel(new Uint8Array(program.bytes)).nodes.filter(({ opType }) => opType === 'Scan').length;

describe('a pass forward in groups of samples', () => {
  it.each([
    ['with normalisation and pooling', smallCnn, 1],
    [
      'of two pooled convolutions, one of which leaves a rest',
      sequence(
        [13, 13, 1],
        conv('a', 8),
        ['MaxPooling2D', { name: 'p', pool_size: [2, 2] }],
        conv('b', 5),
        ['MaxPooling2D', { name: 'q', pool_size: [2, 2] }],
        ['Flatten', { name: 'f' }],
        ['Dense', { name: 'out', units: 3 }],
      ),
      1,
    ],
    ['with branches', branches, 1],
    [
      'of series',
      sequence(
        [20, 2],
        ['Conv1D', { name: 'a', filters: 4, kernel_size: [5], activation: 'relu' }],
        ['MaxPooling1D', { name: 'p', pool_size: [2] }],
        ['Flatten', { name: 'f' }],
        ['Dense', { name: 'out', units: 3 }],
      ),
      1,
    ],
    [
      'without convolutions',
      sequence(
        [20],
        ['Dense', { name: 'a', units: 4, activation: 'relu' }],
        ['Dense', { name: 'out', units: 3 }],
      ),
      0,
    ],
    [
      'that gives whole maps',
      sequence([8, 8, 1], conv('a', 4), conv('out', 1, { activation: 'sigmoid' })),
      0,
    ],
  ] as const)('has the same bits for any number of samples: a network %s', async (_, topology, loops) => {
    const model = inference(topology);
    const weights = initialWeights(model, 4);
    const random = seededRandom(6);
    const [input] = model.inputs;
    const rowDims = input!.dims.slice(1).map(Number);
    const numbers = (dims: readonly number[]) =>
      float32(Float32Array.from({ length: elementCount(dims) }, random), dims);
    const [judged, judgedInGroups] = [
      evaluateProgram(model, weights, LOSSES),
      evaluateProgram(model, weights, LOSSES, engine),
    ];
    const [seen, seenInGroups] = [
      responsesProgram(model, weights),
      responsesProgram(model, weights, [], engine),
    ];
    expect([
      countLoops(judged.program),
      countLoops(seen.program),
      countLoops(judgedInGroups.program),
      countLoops(seenInGroups.program),
    ]).toEqual([0, 0, loops, loops]);
    for (const rows of [1, 3, 4, 12]) {
      const x = numbers([rows, ...rowDims]);
      const [target] = judged.targets;
      const truth = { [target!.name]: numbers([rows, ...target!.dims]) };
      expect(await engine.run(judgedInGroups.program, { [input!.name]: x, ...truth })).toEqual(
        await engine.run(judged.program, { [input!.name]: x, ...truth }),
      );
      expect(await engine.run(seenInGroups.program, { [input!.name]: x })).toEqual(
        await engine.run(seen.program, { [input!.name]: x }),
      );
    }
  });

  it('is for the processor: other backends know no Scan', () => {
    const model = inference(smallCnn);
    const other = Engine.start({ backend: 'tensorflow' });
    expect([
      engine.inGroups,
      other.inGroups,
      countLoops(responsesProgram(model, initialWeights(model, 4), [], other).program),
    ]).toEqual([true, false, 0]);
  });
});

describe('what is made sample by sample', () => {
  const makeGraph = (write: (b: GraphBuilder) => string): Graph => {
    const b = new GraphBuilder();
    b.input('x', ['n', 4, 6, 6]);
    const kernel = b.initializer('kernel', float32(new Float32Array(3 * 4 * 9).fill(0.1), [3, 4, 3, 3]));
    b.initializer('scale', float32([1, 2, 3], [1, 3, 1, 1]));
    b.initializer('many', float32(new Float32Array(12).fill(2), [4, 3, 1, 1]));
    b.initializer('long', float32([1, 2, 3], [1, 1, 3, 1, 1]));
    b.op('Conv', ['x', kernel], {}, 'conv');
    b.output(b.op('Flatten', [b.op('GlobalAveragePool', [write(b)])], { axis: 1 }, 'y'));
    return b.build();
  };
  it.each([
    ['a scale by channel', (b: GraphBuilder) => b.op('Mul', ['scale', b.op('Relu', ['conv'])]), true],
    [
      'a batch normalisation',
      (b: GraphBuilder) =>
        b.op('BatchNormalization', [
          'conv',
          ...[1, 0, 0, 1].map((value) => b.constant(float32([value, value, value], [3]))),
        ]),
      true,
    ],
    [
      'one over the batch itself',
      (b: GraphBuilder) =>
        b.ops(
          'BatchNormalization',
          ['conv', ...[1, 0, 0.5, 2].map((value) => b.constant(float32([value, value, value], [3])))],
          { training_mode: 1 },
          3,
        )[0]!,
      false,
    ],
    ['constants for each sample', (b: GraphBuilder) => b.op('Mul', ['conv', 'many']), false],
    [
      'such made of others',
      (b: GraphBuilder) => b.op('Mul', ['conv', b.op('Add', ['scale', 'many'])]),
      false,
    ],
    [
      'a mean over the samples',
      (b: GraphBuilder) =>
        b.op('Sub', ['conv', b.op('ReduceMean', ['conv', b.constant([0])], { keepdims: 1 })]),
      false,
    ],
    ['a concatenation of samples', (b: GraphBuilder) => b.op('Concat', ['conv', 'conv'], { axis: 0 }), false],
    [
      'samples and channels changed about',
      (b: GraphBuilder) =>
        b.op('Transpose', [b.op('Transpose', ['conv'], { perm: [1, 0, 2, 3] })], { perm: [1, 0, 2, 3] }),
      false,
    ],
    [
      'padding by samples',
      (b: GraphBuilder) => b.op('Pad', ['conv', b.constant([1, 0, 0, 0, 0, 0, 0, 0])]),
      false,
    ],
    [
      'a first sample',
      (b: GraphBuilder) => b.op('Slice', ['conv', b.constant([0]), b.constant([1]), b.constant([0])]),
      false,
    ],
  ])('is recognized: %s', async (_, write, isGrouped) => {
    const graph = makeGraph(write);
    const grouped = groupedGraph(graph);
    const random = seededRandom(2);
    const x = float32(Float32Array.from({ length: 4 * 4 * 36 }, random), [4, 4, 6, 6]);
    // All else stays outside; then maps would leave the loop, and the graph is unchanged.
    expect(grouped !== graph).toBe(isGrouped);
    expect(await engine.run(Program.of(grouped), { x })).toEqual(await engine.run(Program.of(graph), { x }));
  });

  it('is not where a constant has more axes than the samples', () => {
    const b = new GraphBuilder(makeGraph(() => 'conv'));
    const scaled = b.op('Mul', ['conv', 'scale']);
    const raised = b.op('Mul', ['conv', 'long']);
    const { ranks } = samplesAndConstants(b.build());
    expect([ranks.has(scaled), ranks.has(raised)]).toEqual([true, false]);
  });
});
