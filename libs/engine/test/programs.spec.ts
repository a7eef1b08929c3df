import { seededRandom } from '@noema/kernel';
import { float32, type TensorData } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import {
  Engine,
  evaluateProgram,
  gradientsProgram,
  initialWeights,
  responsesProgram,
  trainStepProgram,
} from '../src/index.js';
import { machineBackends } from './machine.backends.js';
import { functional, inference, sequence, smallCnn, training } from './trainer.models.js';

const model = inference(smallCnn);
const weights = initialWeights(model, 5);
const losses = [{ loss: 'categorical_crossentropy' }];
const random = seededRandom(3);
const rows = 6;
const x = float32(Float32Array.from({ length: rows * 64 }, random), [rows, 8, 8, 1]);
const y = float32(
  Float32Array.from({ length: rows * 3 }, (_, i) => (i % 3 === ((i / 3) | 0) % 3 ? 1 : 0)),
  [rows, 3],
);
const at = (tensor: TensorData | undefined, i: number): number => Number(tensor?.data[i]);

describe.each(machineBackends)('on $key', ({ key, missing }) => {
  const engine = Engine.start({ threads: 2, backend: key });
  afterAll(() => engine.close());

  describe.skipIf(missing !== undefined)('evaluate program', () => {
    it('gives probabilities and the loss that belongs to them', async () => {
      const { program, predictions, loss } = evaluateProgram(model, weights, losses);
      const out = await engine.run(program, { x, 'target:out': y });
      const p = out[predictions[0]!]!;
      for (let row = 0; row < rows; row++) {
        expect(at(p, row * 3) + at(p, row * 3 + 1) + at(p, row * 3 + 2)).toBeCloseTo(1, 5);
        expect(at(out[loss!], row)).toBeCloseTo(-Math.log(at(p, row * 3 + (row % 3))), 5);
      }
    });

    it('gives equal outputs of a model as one program output', async () => {
      const twice = inference(
        functional(
          ['x', 'InputLayer', { batch_input_shape: [null, 4] }],
          ['out', 'Dense', { units: 3 }, 'x'],
          ['drop', 'Dropout', { rate: 0.5 }, 'out'],
        )(['out', 'drop']),
      );
      const { program, predictions } = evaluateProgram(twice, initialWeights(twice, 1));
      expect(predictions[0]).toBe(predictions[1]);
      const out = await engine.run(program, { x: float32(new Float32Array(8), [2, 4]) });
      expect(out[predictions[1]!]?.dims).toEqual([2, 3]);
    });

    it('needs no ground truth without losses', async () => {
      const { program, predictions, loss } = evaluateProgram(model, weights);
      expect(loss).toBeUndefined();
      expect((await engine.run(program, { x }))[predictions[0]!]?.dims).toEqual([rows, 3]);
    });

    it('refuses weights that are missing or of another size', () => {
      const short = new Map(weights);
      short.set('out/bias', new Float32Array(2));
      expect(() => evaluateProgram(model, short)).toThrow(
        /weight "out\/bias" needs 3 numbers \(\[3\]\); 2 are given/,
      );
      short.delete('out/bias');
      expect(() => evaluateProgram(model, short)).toThrow(/it is missing/);
    });

    it('refuses an unknown output and a second loss for one', () => {
      expect(() => evaluateProgram(model, weights, [{ loss: 'huber', output: 'nowhere' }])).toThrow(
        /no output "nowhere"; it has: out/,
      );
      expect(() => evaluateProgram(model, weights, [...losses, ...losses])).toThrow(/two losses/);
    });
  });

  describe.skipIf(missing !== undefined)('responses program', () => {
    it('is mean and max over positions of the activation after the non-linearity', async () => {
      const { program, layers } = responsesProgram(model, weights, losses);
      const full = gradientsProgram(model, weights, { of: 'scores', layers: ['conv', 'out'] });
      const seed = float32(new Float32Array(rows * 3), [rows, 3]);
      const [reduced, whole] = [
        await engine.run(program, { x, 'target:out': y }),
        await engine.run(full.program, { x, seed }),
      ];
      const conv = whole[full.activations.get('conv')!]!;
      expect(conv.dims).toEqual([rows, 4, 6, 6]);
      const { mean, max } = layers.find(({ layer }) => layer.name === 'conv')!;
      for (let u = 0; u < rows * 4; u++) {
        const map = Array.from({ length: 36 }, (_, i) => at(conv, u * 36 + i));
        expect(at(reduced[mean], u)).toBeCloseTo(map.reduce((a, b) => a + b) / 36, 5);
        expect(at(reduced[max], u)).toBeCloseTo(Math.max(...map), 5);
        expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
      }
      const out = layers.find(({ layer }) => layer.name === 'out')!;
      expect(out.mean).toBe(out.max);
    });

    it('reduces over the steps of a dense layer on a series', async () => {
      const series = inference(
        sequence(
          [5, 2],
          ['Dense', { name: 'each', units: 3, activation: 'tanh' }],
          ['GlobalAveragePooling1D', { name: 'pool' }],
        ),
      );
      const { program, layers, predictions } = responsesProgram(series, initialWeights(series, 1));
      const out = await engine.run(program, {
        x: float32(Float32Array.from({ length: 20 }, random), [2, 5, 2]),
      });
      for (let i = 0; i < 6; i++) {
        expect(at(out[layers[0]!.mean], i)).toBeCloseTo(at(out[predictions[0]!], i), 5);
        expect(at(out[layers[0]!.max], i)).toBeGreaterThan(at(out[layers[0]!.mean], i));
      }
    });
  });

  describe.skipIf(missing !== undefined)('gradients program', () => {
    it('of scores at a layer, the input and the seed of one class equals finite differences', async () => {
      const g = gradientsProgram(model, weights, { of: 'scores', layers: ['conv'], inputs: true });
      const seed = float32(
        Float32Array.from({ length: rows * 3 }, (_, i) => (i % 3 === 1 ? 1 : 0)),
        [rows, 3],
      );
      const out = await engine.run(g.program, { x, seed });
      const gradient = out[g.gradients.get('x')!]!;
      expect(out[g.gradients.get('conv')!]?.dims).toEqual([rows, 4, 6, 6]);
      for (const i of [3, 27, 64 * 2 + 40]) {
        const scoreAt = async (step: number): Promise<number> => {
          const moved = Float32Array.from(x.data as Float32Array);
          moved[i]! += step;
          const shifted = await engine.run(g.program, { x: float32(moved, x.dims), seed });
          return at(shifted[g.scores], Math.floor(i / 64) * 3 + 1);
        };
        expect(at(gradient, i)).toBeCloseTo(((await scoreAt(1e-2)) - (await scoreAt(-1e-2))) / 2e-2, 2);
      }
    });

    it('of the loss goes with the loss', async () => {
      const g = gradientsProgram(model, weights, { of: 'loss', losses, inputs: true });
      const before = await engine.run(g.program, { x, 'target:out': y });
      const gradient = before[g.gradients.get('x')!]!.data as Float32Array;
      const against = Float32Array.from(x.data as Float32Array, (value, i) => value - 0.02 * gradient[i]!);
      const after = await engine.run(g.program, { x: float32(against, x.dims), 'target:out': y });
      for (let row = 0; row < rows; row++)
        expect(at(after[g.loss!], row)).toBeLessThan(at(before[g.loss!], row));
    });

    it('names the layers when one does not exist', () => {
      expect(() => gradientsProgram(model, weights, { of: 'scores', layers: ['conv9'] })).toThrow(
        /no learned layer "conv9"; it has: conv, out/,
      );
    });
  });

  describe.skipIf(missing !== undefined)('train step program', () => {
    it('gives every trained parameter a gradient and the moving statistics a new value', () => {
      const step = trainStepProgram(training(smallCnn), losses);
      expect(
        step.parameters.map(({ parameter, gradient, update }) => [
          parameter.name,
          gradient !== undefined,
          update !== undefined,
        ]),
      ).toEqual([
        ['conv/kernel', true, false],
        ['conv/bias', true, false],
        ['norm/gamma', true, false],
        ['norm/beta', true, false],
        ['norm/moving_mean', false, true],
        ['norm/moving_variance', false, true],
        ['out/kernel', true, false],
        ['out/bias', true, false],
      ]);
      expect(step.masks).toHaveLength(1);
    });
  });
});
