import { compileLayers } from '@noema/layers';
import { describe, expect, it } from 'vitest';
import { activationBytes, batchRows, evaluateProgram, initialWeights } from '../src/index.js';
import { countLanes, runMemory } from '../src/programs/activation.memory.js';

const layer = (className: string, name: string, config: object = {}) => ({
  class_name: className,
  config: { name, ...config },
});
const picture = (side: number, convolutions: number) =>
  compileLayers(
    {
      class_name: 'Sequential',
      config: {
        name: 'm',
        layers: [
          layer('InputLayer', 'x', { batch_input_shape: [null, side, side, 1] }),
          ...Array.from({ length: convolutions }, (_, i) =>
            layer('Conv2D', `conv${i}`, { filters: 8, kernel_size: 3, padding: 'same' }),
          ),
          layer('GlobalAveragePooling2D', 'pool'),
          layer('Dense', 'out', { units: 2 }),
        ],
      },
    },
    { mode: 'inference' },
  );
const plane = (side: number): number => 4 * side * side;

describe('the memory of activations', () => {
  it(
    'lives from the operator that makes a tensor to the last that reads it; all of it is held for a pass ' +
      'back',
    () => {
      const [two, ten] = [activationBytes(picture(64, 2)), activationBytes(picture(64, 10))];
      // A convolution reads 8 planes and makes 8; a bias may stand between.
      expect(ten.peak).toBe(two.peak);
      expect(ten.peak).toBeGreaterThanOrEqual(16 * plane(64));
      expect(ten.peak).toBeLessThan(27 * plane(64));
      expect(ten.total - two.total).toBeGreaterThanOrEqual(8 * 8 * plane(64));
    },
  );
  it(
    'sizes batches: as many as ever for small pictures, fewer for large ones and for gradients, one at ' +
      'least',
    () => {
      const limits = { threads: 2, workerBytes: 1.5 * 2 ** 30 };
      expect(batchRows(picture(28, 4), limits)).toBe(64);
      const large = picture(512, 10);
      const perSample = activationBytes(large);
      const forward = batchRows(large, limits);
      expect(forward % 4).toBe(0);
      expect(2 * 4 * forward * perSample.peak).toBeLessThanOrEqual(2 ** 29);
      expect(2 * 4 * (forward + 4) * perSample.peak).toBeGreaterThan(2 ** 29);
      expect(batchRows(large, { ...limits, backward: true })).toBeLessThan(forward);
      expect(batchRows(large, { ...limits, threads: 64 })).toBe(1);
      expect(batchRows(large, { threads: 2, workerBytes: 2 ** 28 })).toBe(1);
    },
  );
  it(
    'counts the weights of all sessions: with batches they stay within the memory of the worker, as long ' +
      'as one session does',
    () => {
      const model = (units: number) =>
        compileLayers(
          {
            class_name: 'Sequential',
            config: {
              name: 'm',
              layers: [
                layer('InputLayer', 'x', { batch_input_shape: [null, 128, 128, 3] }),
                layer('Conv2D', 'conv', { filters: 32, kernel_size: 3, padding: 'same' }),
                layer('GlobalAveragePooling2D', 'pool'),
                layer('Dense', 'wide', { units }),
                layer('Dense', 'out', { units: 2 }),
              ],
            },
          },
          { mode: 'inference' },
        );
      const workerBytes = 2 ** 30;
      for (const threads of [1, 2, 8]) {
        for (const mib of [1, 16, 40, 64]) {
          const wide = model(Math.floor((mib * 2 ** 20) / 4 / 35) - 64);
          const weights = mib * 2 ** 20;
          const lanes = countLanes(weights, { threads, workerBytes });
          const activations =
            lanes * batchRows(wide, { threads, workerBytes }) * 4 * activationBytes(wide).peak;
          expect(2 ** 29 + (4 * lanes + 2) * weights + activations).toBeLessThanOrEqual(workerBytes);
          expect(activations).toBeGreaterThan(0);
        }
      }
      expect(
        [1, 33, 64, 65, 1000].map((mib) => countLanes(mib * 2 ** 20, { threads: 2, workerBytes })),
      ).toEqual([2, 1, 1, 1, 1]);
      expect(batchRows(model(8), { threads: 1, workerBytes })).toBeGreaterThan(
        batchRows(model(Math.floor((60 * 2 ** 20) / 4 / 35)), { threads: 1, workerBytes }),
      );
    },
  );
  it('keeps more of a full batch for gradients, nothing of large tensors', () => {
    const { peak, total } = activationBytes(picture(28, 4));
    expect(runMemory(picture(28, 4))).toEqual({ isLarge: false, keptBytes: 4 * 64 * peak });
    expect(runMemory(picture(28, 4), { backward: true }).keptBytes).toBe(4 * 64 * total);
    expect(runMemory(picture(512, 2))).toEqual({ isLarge: true, keptBytes: 0 });
  });
  it('marks programs of large tensors, which are given back after a run', () => {
    const marked = (side: number): boolean =>
      evaluateProgram(picture(side, 2), initialWeights(picture(side, 2), 1)).program.memory.isLarge;
    expect([marked(28), marked(512)]).toEqual([false, true]);
  });
});
