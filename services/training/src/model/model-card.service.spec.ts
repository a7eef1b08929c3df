import { setImmediate } from 'node:timers/promises';
import { toRef } from '../../test/memory.js';
import { expect, it } from 'vitest';
import type { WeightStatistics } from './model-card.js';
import { ModelCardService } from './model-card.service.js';
import type { ModelVersion } from './model.js';

const WEIGHTS = Float32Array.of(1, 2, 3, 4);

/** A service whose store has one version, and the arrays that its compiler was given. */
function serviceWith(version: Partial<ModelVersion>) {
  const counted: Float32Array[] = [];
  const service = new ModelCardService(
    { getVersion: () => Promise.resolve({ topology: toRef('topology'), ...version } as ModelVersion) },
    { readJson: () => Promise.resolve(new Uint8Array()) },
    {
      weightStatistics: (_artifact, weights) => {
        counted.push(weights);
        return Promise.resolve([{ name: 'dense/kernel' } as WeightStatistics]);
      },
      limits: () => Promise.resolve([]),
      exportFile: () => Promise.resolve(Uint8Array.of(7)),
    },
    {
      // biome-ignore lint/suspicious/useAwait: a stream
      openRead: async function* () {
        const bytes = new Uint8Array(WEIGHTS.buffer);
        yield bytes.subarray(0, 6);
        yield bytes.subarray(6);
      },
    },
  );
  return { service, counted };
}

it('counts the weights of a version once, in shared memory', async () => {
  const { service, counted } = serviceWith({
    weights: { ...toRef('weights'), sizeBytes: WEIGHTS.byteLength },
  });
  const [one, two] = await Promise.all(['v', 'v'].map((id) => service.weightStatistics('team', id)));
  expect(one).toBe(two);
  expect(await service.weightStatistics('team', 'v')).toBe(one);
  expect(counted).toEqual([WEIGHTS]);
  expect(counted[0]!.buffer).toBeInstanceOf(SharedArrayBuffer);
});

it('has the weights of one version of a team in memory at a time', async () => {
  let [inMemory, most] = [0, 0];
  const service = new ModelCardService(
    {
      getVersion: () =>
        Promise.resolve({ topology: toRef('topology'), weights: toRef('weights') } as ModelVersion),
    },
    { readJson: () => Promise.resolve(new Uint8Array()) },
    {
      weightStatistics: async (_artifact, _weights) => {
        await setImmediate();
        inMemory--;
        return [];
      },
      limits: () => Promise.resolve([]),
      exportFile: async () => {
        await setImmediate();
        inMemory--;
        return new Uint8Array();
      },
    },
    {
      // biome-ignore lint/suspicious/useAwait: a stream
      openRead: async function* () {
        most = Math.max(most, ++inMemory);
        yield new Uint8Array();
      },
    },
  );
  await Promise.all([
    ...['a', 'b', 'c'].map((id) => service.weightStatistics('team', id)),
    service.exportFile('team', 'd', { format: 'keras', opset: 17 }),
  ]);
  expect([most, inMemory]).toEqual([1, 0]);
});

it('needs weights', async () => {
  const { service } = serviceWith({ weights: undefined });
  await expect(service.weightStatistics('team', 'v')).rejects.toMatchObject({ reason: 'WEIGHTS_MISSING' });
});

it('exports no weights of more than 256 MiB, and names the command that does', async () => {
  const format = { format: 'onnx', opset: 17 } as const;
  const { service } = serviceWith({ weights: { ...toRef('weights'), sizeBytes: WEIGHTS.byteLength } });
  expect(await service.exportFile('team', 'v', format)).toEqual(Uint8Array.of(7));
  const large = serviceWith({ weights: { ...toRef('weights'), sizeBytes: 2 ** 28 + 4 } }).service;
  await expect(large.exportFile('team', 'v', format)).rejects.toMatchObject({
    reason: 'EXPORT_TOO_LARGE',
    message: expect.stringContaining('noema models export') as string,
  });
});
