import { describe, expect, it } from 'vitest';
import { type DistanceBlocks, exactNeighbors, neighborsFromBlocks } from './index.js';
import { cloud } from './reference.fixture.js';

const { data, n, d } = cloud;
/** Half squared distances without the row's own constant, in float32, as a tensor library gives them. */
const blocks: DistanceBlocks = {
  of: (queries) => Promise.resolve(Float32Array.from({ length: queries.length * n }, (_, e) => {
    const i = queries[Math.floor(e / n)]!, j = e % n;
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (data[j * d + c]! * data[j * d + c]!) / 2 - data[i * d + c]! * data[j * d + c]!;
    return sum;
  })),
  error: () => 1e-4,
};

describe('neighbours from blocks of distances', () => {
  it.each([1, 10, 90, 239])('are those of comparing every pair: k = %i', async (k) => {
    expect(await neighborsFromBlocks(cloud, blocks, k)).toEqual(exactNeighbors(cloud, k));
  });
  it('refuse k of n or more, and stop at the signal', async () => {
    await expect(neighborsFromBlocks(cloud, blocks, 240)).rejects.toMatchObject({ reason: 'K_TOO_LARGE' });
    await expect(neighborsFromBlocks(cloud, blocks, 3, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
