import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { KernelMemory } from './index.js';

it('arrays lie apart, keep what they hold when the memory grows, and are seen by threads', async () => {
  const memory = new KernelMemory();
  const first = memory.ints([1, 2, 3]);
  const large = memory.floats(1_000_000);
  const last = memory.floats([7]);
  large.fill(5);
  expect([...first, ...last]).toEqual([1, 2, 3, 7]);
  expect([first, large, last].map((array) => array.byteOffset % 16)).toEqual([0, 0, 0]);
  const thread = new Worker(
    'const { workerData: { shared, at } } = require("node:worker_threads"); new ' +
      'Float32Array(shared.buffer, at, 1)[0] = 8;',
    { eval: true, workerData: { shared: memory.shared, at: last.byteOffset } },
  );
  await new Promise((resolve) => {
    thread.on('exit', resolve);
  });
  expect(last[0]).toBe(8);
});

it('says when 4 GiB are too few', () => {
  expect(() => new KernelMemory().floats(2 ** 30)).toThrow(
    expect.objectContaining({ kind: 'precondition', reason: 'KERNEL_MEMORY' }) as Error,
  );
});
