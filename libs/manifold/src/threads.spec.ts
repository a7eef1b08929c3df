import { runThreads } from '@noema/threads';
import { expect, it } from 'vitest';
import { drawn } from './clusters.fixture.js';
import { exactNeighbors, nearestNeighbors } from './index.js';
import { descentTask } from './neighbors/descent-task.js';
import { THREAD } from './thread-tasks.js';

const cloud = drawn(600, 4, 4);
const exact = exactNeighbors(cloud, 5);

it(
  'threads that had a task which failed, or waited for one that was cancelled, find the same neighbours ' +
    'after it',
  async () => {
    await expect(runThreads({ script: THREAD, name: 'ranks', tasks: [{}, {}] })).rejects.toMatchObject({
      kind: 'internal',
    });
    const stop = new AbortController();
    const waiting = {
      control: new Int32Array(new SharedArrayBuffer(16)),
      thread: 0,
      threads: 2,
      snapshotEvery: 0,
    };
    setTimeout(() => {
      stop.abort();
    }, 200);
    // It waits for a second thread that there is not.
    const alone = {
      ...waiting,
      cloud,
      k: 1,
      seed: 1,
      indices: new Int32Array(600),
      distances: new Float32Array(600),
      descent: descentTask(cloud, 1, { iterations: 1, seed: 1, threads: 2 }),
    };
    await expect(
      runThreads({ script: THREAD, name: 'neighbors', tasks: [alone], signal: stop.signal }),
    ).rejects.toMatchObject({ kind: 'cancelled' });
    for (let again = 0; again < 3; again++)
      expect((await nearestNeighbors(cloud, 5, { threads: 2 })).graph).toEqual(exact);
  },
);
