import { seededRandom } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { elementCount, float32, type TensorData } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, resident, Trainer, trainStepProgram, type Weights } from '../src/index.js';
import { computeLayout } from '../src/trainer/parameter.layout.js';
import { TowerGradients } from '../src/trainer/tower.gradients.js';
import { sequence, training } from './trainer.models.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const ROWS = 5;
const LOSSES = [{ loss: 'meanSquaredError' }];
const conv = (name: string, filters: number, config: object = {}) =>
  ['Conv2D', { name, filters, kernel_size: [3, 3], activation: 'relu', ...config }] as const;
const pool = (name: string, config: object = {}) =>
  ['MaxPooling2D', { name, pool_size: [2, 2], ...config }] as const;
const network = (shape: readonly number[], ...layers: Parameters<typeof sequence>[1][]): CompiledModel =>
  training(sequence(shape, ...layers, ['Flatten', { name: 'flat' }], ['Dense', { name: 'out', units: 2 }]));

/** Numbers of every parameter, the same in both programs, and rows of data. */
function given({ parameters, inputs: [input] }: CompiledModel, pixel: () => number) {
  const random = seededRandom(3);
  const numbers = (dims: readonly number[], next: () => number): TensorData =>
    float32(Float32Array.from({ length: elementCount(dims) }, next), dims);
  const rowDims = input!.dims.slice(1).map(Number);
  return {
    learned: parameters.map(({ graphDims }) => numbers(graphDims, () => random() - 0.5)),
    image: numbers([7, ...rowDims], pixel),
    rowDims,
    target: numbers([ROWS, 2], random),
    scale: numbers([ROWS], () => 1 / ROWS),
  };
}

/** The gradients of all parameters of rows 2, 3, …: by the plain graph, and with the tower by kernels. */
async function computeGradients(
  model: CompiledModel,
  pixel: () => number,
): Promise<{ plain: Float32Array[]; byKernels: Float32Array[] }> {
  const { learned, image, rowDims, target, scale } = given(model, pixel);
  const { name: input } = model.inputs[0]!;
  const size = elementCount(rowDims);
  const whole = trainStepProgram(model, LOSSES);
  const left = trainStepProgram(model, LOSSES, { withTower: true });
  const tower = left.tower!;
  const named = Object.fromEntries(model.parameters.map(({ name }, i) => [name, learned[i]!]));
  const common = { ...named, [whole.targets[0]!.name]: target, [whole.scale]: scale };
  const kept = ({ program }: { program: typeof whole.program }, feeds: Record<string, TensorData>) =>
    engine.run(program, Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]!])));
  const first = await kept(whole, {
    ...common,
    [input]: float32(image.data.slice(2 * size) as Float32Array, [ROWS, ...rowDims]),
  });
  const layout = computeLayout(model.parameters);
  const flat = new Float32Array(layout.length);
  const gradients = new Float32Array(layout.length);
  layout.spans.forEach(({ offset }, i) => {
    flat.set(learned[i]!.data as Float32Array, offset);
  });
  // Room for more rows than there are, and used before by others.
  const made = new TowerGradients(tower, layout.spans, ROWS + 2);
  const numbered = (...rows: number[]): Uint32Array => Uint32Array.from(rows);
  const data = resident(image.data as Float32Array, rowDims);
  made.forward(numbered(0, 1, 2, 3, 4, 5, 6), data, flat);
  const second = await kept(left, { ...common, ...made.forward(numbered(2, 3, 4, 5, 6), data, flat) });
  for (const [name, { data: room }] of Object.entries(made.outputs(ROWS)))
    (room as Float32Array).set(second[name]!.data as Float32Array);
  made.differentiate(ROWS, gradients);
  return {
    plain: whole.parameters.map(({ gradient }) => first[gradient!]!.data as Float32Array),
    byKernels: left.parameters.map(({ gradient }, i) =>
      gradient === undefined
        ? gradients.subarray(layout.spans[i]!.offset, layout.spans[i]!.offset + layout.spans[i]!.length)
        : (second[gradient]!.data as Float32Array),
    ),
  };
}

describe('the tower', () => {
  const random = seededRandom(8);
  it.each([
    ['of two blocks', network([14, 14, 1], conv('a', 8), pool('p'), conv('b', 12), pool('q')), 2],
    [
      'of colours, with borders, filters that are no eights, and windows that leave a rest',
      network(
        [13, 17, 3],
        conv('a', 5, { padding: 'same' }),
        pool('p'),
        conv('b', 7, { padding: 'same' }),
        pool('q'),
        conv('c', 3, { padding: 'same' }),
        pool('r'),
      ),
      3,
    ],
    [
      'of other kernels, without bias',
      network(
        [12, 15, 1],
        conv('a', 4, { kernel_size: [5, 2], use_bias: false }),
        pool('p'),
        conv('b', 6, { kernel_size: [2, 4], use_bias: false }),
        pool('q'),
      ),
      2,
    ],
    [
      'with nothing cut off',
      network(
        [10, 12, 2],
        conv('a', 8, { activation: 'linear' }),
        pool('p'),
        conv('b', 4, { activation: 'linear' }),
        pool('q'),
      ),
      2,
    ],
    [
      'of one block, with something else on it',
      network(
        [10, 10, 1],
        conv('a', 9),
        pool('p'),
        ['Activation', { name: 'd', activation: 'tanh' }],
        conv('b', 4),
        pool('q'),
      ),
      1,
    ],
    [
      'of one block, with a convolution that is not pooled on it',
      network([10, 10, 1], conv('a', 9), pool('p'), conv('b', 4)),
      1,
    ],
    [
      'of one block, with windows that overlap on it',
      network([12, 12, 1], conv('a', 8), pool('p'), conv('b', 4), pool('q', { strides: [1, 1] })),
      1,
    ],
  ] as const)('gives the gradients of the graph: %s', async (_, model, blocks) => {
    expect(trainStepProgram(model, LOSSES, { withTower: true }).tower!.blocks.length).toBe(blocks);
    // In a picture of one colour every window has its largest everywhere, and the first place gets the
    // gradient.
    for (const pixel of [random, () => 0.7, () => 0]) {
      const { plain, byKernels } = await computeGradients(model, pixel);
      for (const [i, values] of plain.entries()) {
        expect(byKernels[i]!.length).toBe(values.length);
        for (const [at, value] of values.entries())
          expect(Math.abs(byKernels[i]![at]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
      }
      expect(
        pixel === random ? plain.every((values) => values.some((value) => Math.abs(value) > 1e-3)) : true,
      ).toBe(true);
    }
  });

  it('makes all of a sample NaN of which one number is NaN, wherever it is, so that its loss is', () => {
    const model = network([10, 10, 1], conv('a', 8), pool('p'));
    const layout = computeLayout(model.parameters);
    const { tower } = trainStepProgram(model, LOSSES, { withTower: true });
    for (const at of [0, 55, 77]) {
      const image = new Float32Array(2 * 100).fill(NaN, 100 + at, 101 + at);
      const made = new TowerGradients(tower!, layout.spans, 2);
      const values = made.forward(
        Uint32Array.of(0, 1),
        resident(image, [10, 10, 1]),
        new Float32Array(layout.length),
      )[tower!.blocks[0]!.pooled]!.data as Float32Array;
      expect(
        [values.subarray(0, values.length / 2), values.subarray(values.length / 2)].map((half) =>
          half.every((value) => Number.isNaN(value)),
        ),
      ).toEqual([false, true]);
    }
  });

  it.each([
    ['convolutions of many inputs', network([8, 8, 6], conv('a', 8), pool('p'))],
    ['steps', network([12, 12, 1], conv('a', 8, { strides: [2, 2] }), pool('p'))],
    ['windows of another size', network([12, 12, 1], conv('a', 8), pool('p', { pool_size: [3, 3] }))],
    ['kernels that are not trained', network([12, 12, 1], conv('a', 8, { trainable: false }), pool('p'))],
    ['something else between', network([12, 12, 1], conv('a', 8, { activation: 'tanh' }), pool('p'))],
    ['no convolution', network([4])],
  ])('is undefined for %s', (_, model) => {
    expect(trainStepProgram(model, LOSSES, { withTower: true }).tower).toBeUndefined();
  });

  it('is trained to the same, whatever the number of workers, up to rounding', async () => {
    const model = network([8, 8, 1], conv('a', 4), pool('p'), conv('b', 4, { padding: 'same' }), pool('q'));
    const numbers = seededRandom(2);
    const data = new Map([
      [model.inputs[0]!.name, resident(Float32Array.from({ length: 50 * 64 }, numbers), [8, 8, 1])],
      ['target:out', resident(Float32Array.from({ length: 100 }, numbers), [2])],
    ]);
    const by = async (workers: number): Promise<Weights> => {
      const trainer = Trainer.create({
        model,
        losses: LOSSES,
        optimizer: { name: 'sgd', settings: { learning_rate: 0.1 } },
        data,
        rows: Uint32Array.from({ length: 49 }, (_, i) => i + 1),
        batchSize: 16,
        seed: 4,
        workers,
      });
      for (let epoch = 0; epoch < 2; epoch++) await trainer.trainEpoch();
      await trainer.close();
      return trainer.weights();
    };
    const one = await by(1);
    for (const other of [await by(2), await by(3)])
      for (const [name, values] of one)
        values.forEach((value, i) => {
          expect(other.get(name)![i]).toBeCloseTo(value, 4);
        });
  });
});
