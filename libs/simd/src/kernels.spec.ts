import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { KernelMemory, kernelsOn } from './index.js';

const sine = (length: number, step: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(step * i));

it.each([4, 12, 64])('squared distances of %i dimensions are those of a plain loop', (d) => {
  const memory = new KernelMemory(), count = 37;
  const rows = memory.floats(sine(count * d, 0.37)), row = memory.floats(sine(d, 1.1)), out = memory.floats(count);
  kernelsOn(memory.shared).squaredDistances(row.byteOffset, rows.byteOffset, count, d, out.byteOffset);
  for (let i = 0; i < count; i++) {
    const expected = row.reduce((sum, value, c) => sum + (value - rows[i * d + c]!) ** 2, 0);
    expect(Math.abs(out[i]! - expected)).toBeLessThanOrEqual(1e-6 * expected);
  }
});

it('arrays lie apart, keep what they hold when the memory grows, and are seen by threads', async () => {
  const memory = new KernelMemory();
  const first = memory.ints([1, 2, 3]), large = memory.floats(1_000_000), last = memory.floats([7]);
  large.fill(5);
  expect([...first, ...last]).toEqual([1, 2, 3, 7]);
  expect([first, large, last].map((array) => array.byteOffset % 16)).toEqual([0, 0, 0]);
  const thread = new Worker('const { workerData: { shared, at } } = require("node:worker_threads"); new Float32Array(shared.buffer, at, 1)[0] = 8;', { eval: true, workerData: { shared: memory.shared, at: last.byteOffset } });
  await new Promise((resolve) => { thread.on('exit', resolve); });
  expect(last[0]).toBe(8);
});

it('says when 4 GiB are too few', () => {
  expect(() => new KernelMemory().floats(2 ** 30)).toThrow(expect.objectContaining({ kind: 'precondition', reason: 'KERNEL_MEMORY' }) as Error);
});
