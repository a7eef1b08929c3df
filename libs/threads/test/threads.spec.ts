import { expect, it } from 'vitest';
import { runInThread, runThreads, shared, threadsFor } from '../src/index.js';

const script = new URL('./sums.worker.js', import.meta.url);
const sum = (numbers: readonly number[]): Promise<number> =>
  runInThread({ script, name: 'sum', data: numbers });

/** Counts the threads that start meanwhile. */
async function begun(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const watch = (): void => {
    count++;
  };
  process.on('worker', watch);
  await work();
  process.off('worker', watch);
  return count;
}

/** Starts a task and aborts it when it has said something. */
function abortedWhileIt(name: 'wait' | 'hang', graceMs: number): Promise<unknown> {
  const stop = new AbortController();
  return runInThread({
    script,
    name,
    data: undefined,
    signal: stop.signal,
    graceMs,
    onMessage: () => {
      stop.abort();
    },
  });
}

it('returns what tasks return, in their order, with what they say meanwhile', async () => {
  const said: unknown[] = [];
  expect(
    await runThreads({
      script,
      name: 'sum',
      tasks: [[1, 2], [3], []],
      onMessage: (something) => {
        said.push(something);
      },
    }),
  ).toEqual([3, 3, 0]);
  expect(said.sort()).toEqual([1, 2, 3]);
});

it('a thread that has done its task does the next one, also after an error, which comes out as itself', async () => {
  await sum([1]);
  expect(
    await begun(async () => {
      await expect(runInThread({ script, name: 'refuse', data: undefined })).rejects.toMatchObject({
        kind: 'invalid',
        reason: 'NO_SUM',
        message: 'there is nothing to sum',
        metadata: { of: 'numbers' },
      });
      await expect(runInThread({ script, name: 'fail', data: undefined })).rejects.toMatchObject({
        kind: 'internal',
        message: /undefined/ as unknown,
        cause: expect.stringContaining('sums.worker') as unknown,
      });
      expect(await sum([4, 5])).toBe(9);
    }),
  ).toBe(0);
  expect(
    await begun(async () => {
      expect(await Promise.all([sum([1]), sum([2])])).toEqual([1, 2]);
    }),
  ).toBeLessThanOrEqual(1);
});

it('a thread goes on where many threads of other work are idle', async () => {
  const [other, own] = [new URL('?other', script), new URL('?own', script)];
  await runThreads({ script: other, name: 'sum', tasks: Array.from({ length: 20 }, () => [1]) });
  await runInThread({ script: own, name: 'sum', data: [1] });
  expect(
    await begun(async () => {
      expect(await runInThread({ script: own, name: 'sum', data: [2, 3] })).toBe(5);
    }),
  ).toBe(0);
});

it('one task that fails ends the others with its error', async () => {
  await expect(runThreads({ script, name: 'refuse', tasks: [0, 1] })).rejects.toMatchObject({
    reason: 'NO_SUM',
  });
  await expect(runThreads({ script, name: 'leave', tasks: [0] })).rejects.toMatchObject({
    kind: 'unavailable',
    reason: 'THREAD_ENDED',
    message: /code 7/ as unknown,
  });
  expect(await sum([2, 2])).toBe(4);
});

it(
  'a task that listens stops when it is asked to and its thread goes on; one that does not is ended after ' +
    'its time',
  async () => {
    await sum([1]);
    expect(
      await begun(async () => {
        await expect(abortedWhileIt('wait', 60_000)).rejects.toMatchObject({ name: 'AbortError' });
        expect(await sum([1, 2])).toBe(3);
      }),
    ).toBe(0);
    await expect(abortedWhileIt('hang', 1)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(abortedWhileIt('wait', 0)).rejects.toMatchObject({ name: 'AbortError' });
    const stop = new AbortController();
    const group = runThreads({
      script,
      name: 'hang',
      tasks: [0, 1],
      signal: stop.signal,
      onMessage: () => {
        stop.abort();
      },
    });
    await expect(group).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(
      runThreads({ script, name: 'sum', tasks: [[1]], signal: stop.signal }),
    ).rejects.toMatchObject({
      kind: 'cancelled',
    });
    expect(await sum([3])).toBe(3);
  },
);

it('what cannot be handed to a thread is an error, and the thread goes on', async () => {
  await expect(runInThread({ script, name: 'sum', data: () => 1 })).rejects.toThrow(/could not be cloned/);
  expect(await sum([1])).toBe(1);
});

it('arrays are put into shared memory once', () => {
  const array = shared(Float32Array.of(1, 2));
  expect([array.buffer instanceof SharedArrayBuffer, shared(array) === array, Array.from(array)]).toEqual([
    true,
    true,
    [1, 2],
  ]);
  expect([threadsFor(4, 2), threadsFor(undefined, 1), threadsFor(3, 0)]).toEqual([2, 1, 1]);
});
