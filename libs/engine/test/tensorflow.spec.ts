import { gradientRules, gradientStops } from '@noema/autodiff';
import { decodeModel, encodeModel, float32, type Graph, GraphBuilder } from '@noema/onnx';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Eager } from '../src/backends/tensorflow/eager.js';
import { fused } from '../src/backends/tensorflow/fusions.js';
import { tensorflowOn } from '../src/backends/tensorflow/library.js';
import { tensorflowOperators } from '../src/backends/tensorflow/operator.registry.js';
import { backends, trainStepProgram } from '../src/index.js';
import { drawing } from './backend.agreement.js';
import { machineBackends } from './machine.backends.js';
import { sequence, smallCnn, training } from './trainer.models.js';

const { missing } = machineBackends.find(({ key }) => key === 'tensorflow')!;
const backend = backends.get('tensorflow');
const open = (graph: Graph) => backend.open(encodeModel(graph), { intraOpThreads: 1 });
const losses = [{ loss: 'categorical_crossentropy' }];

/** A graph around one operator on x [2, 4]. */
function around(write: (b: GraphBuilder) => string): Graph {
  const b = new GraphBuilder();
  b.input('x', [2, 4]);
  b.output(write(b));
  return b.build();
}

const makeStep = (topology: unknown): Graph =>
  decodeModel(new Uint8Array(trainStepProgram(training(topology), losses).program.bytes).slice());
const drawFeeds = ({ inputs }: Graph) =>
  Object.fromEntries(inputs.map(({ name, dims }) => [name, drawing(3)(dims, 4)]));

describe.skipIf(missing !== undefined)('the backend of TensorFlow', () => {
  it.each([
    [
      'an operator that it does not have',
      (b: GraphBuilder) => b.op('NoSuchOperator', ['x']),
      /has no "NoSuchOperator"; run it on the backend "cpu"/,
    ],
    [
      'an operator of another domain',
      (b: GraphBuilder) => {
        b.add({ opType: 'Relu', domain: 'com.example', inputs: ['x'], outputs: ['y'], attributes: {} });
        return 'y';
      },
      /has no "com.example.Relu"/,
    ],
    [
      'a form that it does not have',
      (b: GraphBuilder) => b.op('Pad', ['x', b.constant([0, 1, 0, 1])], { mode: 'wrap' }),
      /has no "Pad" with mode wrap/,
    ],
  ])('refuses %s by name', async (_, write, message) => {
    await expect(open(around(write))).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'PROGRAM_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses feeds of another size, which TensorFlow would repeat', async () => {
    const session = await open(around((b) => b.op('Add', ['x', b.constant(1)])));
    await expect(session.run({ x: float32([1, 2], [2, 1]) }, ['Add_2'])).rejects.toThrow(
      /failed on x float32\[2, 1\]: input "x" takes float32\[2, 4\]/,
    );
    await session.dispose();
  });

  it('names the operator that fails, and the sizes of what it got', async () => {
    const session = await open(around((b) => b.op('MatMul', ['x', 'x'], {}, 'y')));
    await expect(session.run({ x: float32(new Float32Array(8), [2, 4]) }, ['y'])).rejects.toThrow(
      /MatMul "y" on float32\[2, 4\]; float32\[2, 4\]: .*[Mm]atrix/,
    );
    await session.dispose();
  });
});

describe.skipIf(missing !== undefined)('tensors of TensorFlow', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const live = (): number => tensorflowOn('CPU', 'tensorflow').count();

  it.each([
    ['a network', smallCnn],
    [
      'a loop',
      sequence(
        [5, 3],
        ['LSTM', { name: 'lstm', units: 4 }],
        ['Dense', { name: 'out', units: 3, activation: 'softmax' }],
      ),
    ],
  ])(
    'are freed after every run of the train step of %s, all but its constants, and with the session these',
    async (_, topology) => {
      const before = live();
      const graph = makeStep(topology);
      const session = await open(graph);
      const fetches = graph.outputs.map(({ name }) => name);
      await session.run(drawFeeds(graph), fetches);
      const constants = live();
      for (let i = 0; i < 20; i++) await session.run(drawFeeds(graph), fetches);
      expect(live()).toBe(constants);
      expect(constants - before).toBeLessThanOrEqual(graph.initializers.size * 2);
      await session.dispose();
      expect(live()).toBe(before);
    },
  );

  it('are made and removed in equal numbers', async () => {
    const library = tensorflowOn('CPU', 'tensorflow');
    let [made, removed] = [0, 0];
    const counting = {
      ...library,
      tensor: (...a: Parameters<typeof library.tensor>) => {
        made++;
        return library.tensor(...a);
      },
      execute: (...a: Parameters<typeof library.execute>) => {
        made += a[3];
        return library.execute(...a);
      },
      remove: (id: number) => {
        removed++;
        library.remove(id);
      },
    };
    const eager = new Eager(counting);
    eager.scope(() => {
      const x = eager.given(float32([1, -2, 3, -4], [2, 2]));
      eager.elementwise('Mul', [eager.op('Relu', [x]), eager.scalar(2, x)]).read();
      return [];
    });
    expect(made).toBeGreaterThan(3);
    expect(removed).toBe(made);
  });

  it('are freed when an operator in the middle fails', async () => {
    const before = live();
    const session = await open(
      around((b) => b.op('MatMul', [b.op('Exp', ['x']), b.op('Tanh', [b.op('Neg', ['x'])])], {}, 'y')),
    );
    await expect(session.run({ x: float32(new Float32Array(8), [2, 4]) }, ['y'])).rejects.toThrow(/MatMul/);
    await session.dispose();
    expect(live()).toBe(before);
  });
});

describe('gradients that TensorFlow has as operators', () => {
  it.each([
    ['pools side by side', { pool_size: [2, 2] }],
    ['pools that overlap', { pool_size: [3, 3], strides: [2, 2] }],
  ])('take the place of how a train step writes them, with %s', (_, pool) => {
    const graph = fused(
      makeStep(
        sequence(
          [12, 12, 3],
          ['Conv2D', { name: 'one', filters: 4, kernel_size: [3, 3], activation: 'relu' }],
          ['Conv2D', { name: 'two', filters: 16, kernel_size: [3, 3], padding: 'same', activation: 'relu' }],
          ['MaxPooling2D', { name: 'pool', ...pool }],
          ['Conv2D', { name: 'three', filters: 4, kernel_size: [2, 2], padding: 'same', activation: 'relu' }],
          ['Flatten', { name: 'flat' }],
          ['Dense', { name: 'out', units: 3, activation: 'softmax' }],
        ),
      ),
    );
    const counts = (name: string): number =>
      graph.nodes.filter(({ opType }) => opType === `tensorflow:${name}`).length;
    expect({
      relu: counts('ReluGradient'),
      pool: counts('MaxPoolGradient'),
      kernel: counts('ConvKernelGradient'),
    }).toEqual({ relu: 3, pool: 1, kernel: 3 });
    expect(graph.nodes.find(({ opType }) => opType === 'MaxPool')?.outputs[1]).toBe('');
  });

  it('the operators of docs/operators.md that it lacks are these', () => {
    const lacks = (names: readonly string[]): string[] =>
      names.filter((name) => tensorflowOperators.find(name) === undefined);
    console.info(
      `TensorFlow has ${gradientRules.keys().length - lacks(gradientRules.keys()).length} of the ` +
        `${gradientRules.keys().length} operators with a gradient, ` +
        `${gradientStops.length - lacks(gradientStops).length} of the ${gradientStops.length} at which ` +
        'gradients stop',
    );
    // These are written in other operators when a program is opened.
    expect(
      lacks(gradientRules.keys()).filter((name) => gradientRules.get(name).rewrite === undefined),
    ).toEqual([]);
  });
});
