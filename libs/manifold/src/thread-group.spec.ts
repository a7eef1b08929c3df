import { expect, it } from 'vitest';
import { drawn } from './clusters.fixture.js';
import { exactNeighbors, nearestNeighbors } from './index.js';
import { PoolThread } from './thread-pool.js';
import { runThreads } from './thread-group.js';

const cloud = drawn(600, 4, 4), exact = exactNeighbors(cloud, 5);

it('a task that fails ends the others with its error, one that is cancelled stops, and the threads after them work', async () => {
  await expect(runThreads({ name: 'ranks', tasks: [{}, {}] })).rejects.toThrow(TypeError);
  const stop = new AbortController(), waiting = { control: new Int32Array(new SharedArrayBuffer(16)), thread: 0, threads: 2, snapshotEvery: 0 };
  setTimeout(() => { stop.abort(); }, 200);
  // It waits for a second thread that there is not.
  const alone = { ...waiting, cloud, k: 1, seed: 1, indices: new Int32Array(600), distances: new Float32Array(600), descent: { trees: [] } };
  await expect(runThreads({ name: 'neighbors', tasks: [alone], signal: stop.signal })).rejects.toMatchObject({ kind: 'cancelled' });
  for (let again = 0; again < 3; again++) expect((await nearestNeighbors(cloud, 5, { threads: 2 })).graph).toEqual(exact);
});

it('a thread that has done its task does the next one', async () => {
  await nearestNeighbors(cloud, 5, { threads: 1 });
  const thread = PoolThread.take();
  thread.giveBack();
  await nearestNeighbors(cloud, 5, { threads: 1 });
  const after = PoolThread.take();
  after.giveBack();
  expect(after).toBe(thread);
});
