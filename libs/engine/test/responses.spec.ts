import { seededRandom } from '@noema/kernel';
import { decodeModel, float32 } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import {
  activationsProgram,
  Engine,
  initialWeights,
  resident,
  toResident,
  responsesProgram,
  runRows,
} from '../src/index.js';
import { functional, inference, sequence, smallCnn } from './trainer.models.js';

const engine = Engine.start({ threads: 2 });
afterAll(() => engine.close());

const ROWS = 6;
const random = seededRandom(3);
const pictures = Float32Array.from({ length: ROWS * 64 }, random);

describe('the responses of all units', () => {
  it('equal the responses of the layers, one after the other', async () => {
    const model = inference(smallCnn);
    const { program, layers, means, maxima } = responsesProgram(model, initialWeights(model, 5));
    const whole = await engine.run(program, { x: float32(pictures, [ROWS, 8, 8, 1]) });
    for (const [name, each] of [
      [means!, layers.map(({ mean }) => mean)],
      [maxima!, layers.map(({ max }) => max)],
    ] as const) {
      const parts = each.map((part) => whole[part]!);
      const expected = Array.from({ length: ROWS }, (_, row) =>
        parts.flatMap(({ data, dims }) =>
          Array.from(data as Float32Array).slice(row * dims[1]!, (row + 1) * dims[1]!),
        ),
      ).flat();
      expected.forEach((value, i) => {
        expect(whole[name]!.data[i]).toBeCloseTo(value, 6);
      });
    }
  });

  it.each([1, 4, 64])(
    'are the same of rows in shared memory, %i at once, with losses and the rows done',
    async (batchSize) => {
      const model = inference(smallCnn);
      const {
        program,
        means,
        maxima,
        predictions: [scores],
        loss,
        targets: [target],
      } = responsesProgram(model, initialWeights(model, 5), [{ loss: 'mean_squared_error' }]);
      const truth = Float32Array.from({ length: ROWS * target!.dims[0]! }, random);
      const told: number[] = [];
      const wanted = await engine.run(program, {
        x: float32(pictures, [ROWS, 8, 8, 1]),
        [target!.name]: float32(truth, [ROWS, ...target!.dims]),
      });
      const into = [means!, maxima!, scores!, loss!].map((output) => ({
        output,
        target: toResident(ROWS, wanted[output]!.dims.slice(1)),
      }));
      await runRows(engine, program, {
        rows: ROWS,
        batchSize,
        feeds: new Map([
          ['x', resident(pictures, [8, 8, 1])],
          [target!.name, resident(truth, target!.dims)],
        ]),
        into,
        onRows: (done) => {
          told.push(done);
        },
      });
      for (const {
        output,
        target: { data },
      } of into)
        (wanted[output]!.data as Float32Array).forEach((value, i) => {
          expect(data[i]).toBeCloseTo(value, 6);
        });
      expect(told.at(-1)).toBe(ROWS);
    },
  );

  it('of rows in shared memory end with the signal, and name an input without rows', async () => {
    const model = inference(smallCnn);
    const { program, means } = responsesProgram(model, initialWeights(model, 5));
    const stop = new AbortController();
    const run = (feeds: string): Promise<void> =>
      runRows(engine, program, {
        rows: ROWS,
        batchSize: 1,
        feeds: new Map([[feeds, resident(pictures, [8, 8, 1])]]),
        into: [{ output: means!, target: toResident(ROWS, [1]) }],
        signal: stop.signal,
      });
    await expect(run('y')).rejects.toThrow(/"x"/);
    stop.abort();
    await expect(run('x')).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it(
    'of a choice of layers and outputs of blocks are the means over their positions, in the order of the ' +
      'graph',
    async () => {
      const model = inference(
        functional(
          ['x', 'InputLayer', { batch_input_shape: [null, 8, 8, 1] }],
          ['stem', 'Conv2D', { filters: 3, kernel_size: 3, padding: 'same', activation: 'relu' }, 'x'],
          ['inner', 'Conv2D', { filters: 3, kernel_size: 3, padding: 'same' }, 'stem'],
          ['sum', 'Add', {}, 'inner', 'stem'],
          ['bent', 'ReLU', {}, 'sum'],
          ['flat', 'Flatten', {}, 'bent'],
          ['out', 'Dense', { units: 2 }, 'flat'],
        )(['out']),
      );
      const values = initialWeights(model, 4);
      const { program, layers, means } = responsesProgram(model, values, [], {
        follow: ['out', 'block_2', 'inner'],
      });
      const x = float32(pictures, [ROWS, 8, 8, 1]);
      expect(layers.map(({ layer: { name } }) => name)).toEqual(['inner', 'block_2', 'out']);
      const whole = activationsProgram(model, values);
      const [made, maps] = [await engine.run(program, { x }), await engine.run(whole.program, { x })];
      const [stem, inner] = ['stem', 'inner'].map(
        (name) => maps[whole.activations.get(name)!]!.data as Float32Array,
      );
      const found = made[means!]!;
      expect(found.dims).toEqual([ROWS, 8]);
      for (let u = 0; u < ROWS * 3; u++) {
        const at = Math.floor(u / 3) * 8 + (u % 3);
        const cells = Array.from({ length: 64 }, (_, i) => u * 64 + i);
        const mean = (of: (i: number) => number): number => cells.reduce((sum, i) => sum + of(i), 0) / 64;
        expect(found.data[at]).toBeCloseTo(
          mean((i) => inner![i]!),
          5,
        );
        expect(found.data[at + 3]).toBeCloseTo(
          mean((i) => Math.max(0, inner![i]! + stem![i]!)),
          5,
        );
      }
    },
  );

  it.each([
    ['that sees all positions', [3, 3], [2, 2], 1],
    ['that leaves some out', [2, 2], [4, 4], 0],
  ] as const)('have the maximum behind a pooling %s', async (_, pool_size, strides, shortened) => {
    const model = inference(
      sequence(
        [8, 8, 1],
        ['Conv2D', { name: 'conv', filters: 4, kernel_size: [2, 2], activation: 'relu' }],
        ['MaxPooling2D', { name: 'pool', pool_size, strides }],
        ['Flatten', { name: 'flat' }],
        ['Dense', { name: 'out', units: 2 }],
      ),
    );
    const values = initialWeights(model, 2);
    const {
      program,
      layers: [conv],
    } = responsesProgram(model, values);
    const whole = activationsProgram(model, values);
    const x = float32(pictures, [ROWS, 8, 8, 1]);
    const [reduced, maps] = [await engine.run(program, { x }), await engine.run(whole.program, { x })];
    const all = maps[whole.activations.get('conv')!]!.data as Float32Array;
    for (let u = 0; u < ROWS * 4; u++)
      expect(reduced[conv!.max]!.data[u]).toBeCloseTo(Math.max(...all.subarray(u * 49, (u + 1) * 49)), 6);
    const { nodes } = decodeModel(new Uint8Array(program.bytes));
    const pooled = nodes.find(({ opType }) => opType === 'MaxPool')!.outputs[0];
    expect(
      nodes.filter(({ opType, inputs }) => opType === 'GlobalMaxPool' && inputs[0] === pooled),
    ).toHaveLength(shortened);
  });
});
