import { describe, expect, it } from 'vitest';
import { WorkerMemory } from './worker-memory.js';

const MIB = 2 ** 20;

/** A worker that held 140 MiB, then 120, before its first shard, and holds `bytes` since. */
function after(bytes: number, workerBytes?: number): WorkerMemory {
  const held = [140 * MIB, 120 * MIB];
  const memory = new WorkerMemory(workerBytes, () => held.shift() ?? bytes);
  for (let i = 0; i < 2; i++) memory.excess({ idleMs: 0, hasWorked: false });
  return memory;
}

describe('the memory of a worker', () => {
  it('may grow by 16 MiB over what it held before its first shard when it has been idle for two minutes', () => {
    expect(after(137 * MIB).excess({ idleMs: 120_001, hasWorked: true })).toEqual({
      bytes: 137 * MIB,
      limit: 136 * MIB,
    });
    expect(after(136 * MIB).excess({ idleMs: 120_001, hasWorked: true })).toBeUndefined();
  });

  it('is kept for two minutes, so that the next request is fast', () => {
    expect(after(380 * MIB, 1536 * MIB).excess({ idleMs: 120_000, hasWorked: true })).toBeUndefined();
  });

  it('has the limit of the worker between two shards, and a quarter of it after 15 s', () => {
    expect(after(400 * MIB, 1536 * MIB).excess({ idleMs: 15_000, hasWorked: true })).toBeUndefined();
    expect(after(400 * MIB, 1536 * MIB).excess({ idleMs: 15_001, hasWorked: true })).toMatchObject({
      limit: 384 * MIB,
    });
    expect(after(1537 * MIB, 1536 * MIB).excess({ idleMs: 0, hasWorked: true })).toMatchObject({
      limit: 1536 * MIB,
    });
  });

  it('is collected once after its shards, where it is more than a quarter of the limit', () => {
    const held = [100 * MIB, 900 * MIB, 300 * MIB, 900 * MIB];
    let collections = 0;
    const memory = new WorkerMemory(
      1536 * MIB,
      () => held.shift() ?? 380 * MIB,
      () => {
        collections++;
      },
    );
    memory.excess({ idleMs: 0, hasWorked: false });
    // 900 MiB are held, 300 after the collection: not more than a quarter.
    expect(memory.excess({ idleMs: 20_000, hasWorked: true })).toBeUndefined();
    expect(collections).toBe(1);
    memory.excess({ idleMs: 20_500, hasWorked: true });
    expect(collections).toBe(1);
    memory.excess({ idleMs: 0, hasWorked: true });
    expect(collections).toBe(1); // 380 MiB are not many
  });

  it('ends no worker before its first shard, however large', () => {
    const memory = new WorkerMemory(MIB, () => 2000 * MIB);
    expect(memory.excess({ idleMs: 1e9, hasWorked: false })).toBeUndefined();
  });

  it('has no limit between two shards in a worker without one', () => {
    expect(after(5000 * MIB).excess({ idleMs: 0, hasWorked: true })).toBeUndefined();
  });
});
