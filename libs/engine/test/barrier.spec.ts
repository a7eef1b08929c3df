import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { Barrier, BARRIER_INTS } from '../src/trainer/barrier.js';

/** A thread that waits for a second one; reports the result of `wait`, and whether it has returned. */
function waiter() {
  const cells = new Int32Array(new SharedArrayBuffer(4 * BARRIER_INTS));
  const thread = new Worker(new URL('./barrier.waiter.js', import.meta.url), { workerData: cells });
  const state = { passed: false };
  const result = once(thread, 'message').then(([given]) => {
    state.passed = true;
    return given as boolean;
  });
  return {
    cells,
    state,
    result,
    woken: () =>
      vi.waitUntil(() => Atomics.notify(cells, 1) === 1 || state.passed, { interval: 1, timeout: 30_000 }),
  };
}

it('RELIABILITY 1: a thread that is woken too late by the time before sleeps on until all have come', async () => {
  const { cells, state, result, woken } = waiter();
  // Each wakes it out of its sleep, though no other thread has arrived.
  for (let again = 0; again < 3; again++) await woken();
  expect(state.passed).toBe(false);
  expect(new Barrier(cells, 0, 2).wait()).toBe(true);
  expect(await result).toBe(true);
});

it('who breaks it lets all pass, with false', async () => {
  const { cells, result, woken } = waiter();
  await woken();
  new Barrier(cells, 0, 2).break();
  expect(await result).toBe(false);
  expect(new Barrier(cells, 0, 2).wait()).toBe(false);
});
