import { type ArtifactStore, writeMatrix } from '@noema/artifacts';
import { type ArtifactRef, seededRandom } from '@noema/kernel';
import type { NeighborGraph } from '@noema/manifold';
import { fitBasis, computeMoments, type ResponseLayout } from '@noema/perception';
import { describe, expect, it } from 'vitest';
import { type LayerRows, ResidentRows, StreamedRows } from './layer-rows.js';
import { searchWeighted } from './weighted.search.js';

const [n, d, k] = [90, 7, 12];
const layout: ResponseLayout = {
  layers: [
    { name: 'early', units: 4 },
    { name: 'late', units: 3 },
  ],
};
const random = seededRandom(5);
/** The last unit is constant, and left out. */
const responses = Float32Array.from({ length: n * d }, (_, i) => (i % d === 6 ? 1 : random()));
const basis = fitBasis(computeMoments(responses, d), layout);
const STARTS = [0, 20, 21, 70, n];

/** The responses in shards of several sizes. Counts how often each is read. */
function streamed(): { readonly rows: StreamedRows; readonly reads: number[] } {
  const reads = STARTS.slice(1).map(() => 0);
  const store: Pick<ArtifactStore, 'get'> = {
    get: (ref) => {
      const shard = Number(ref.uri);
      reads[shard]!++;
      const data = responses.slice(STARTS[shard]! * d, STARTS[shard + 1]! * d);
      return Promise.resolve(writeMatrix([{ name: 'mean', data, rows: data.length / d, dims: [d] }]));
    },
  };
  const shards = reads.map((_, shard) => ({
    firstRow: STARTS[shard]!,
    rowCount: STARTS[shard + 1]! - STARTS[shard]!,
    responses: { uri: String(shard) } as ArtifactRef,
    vectors: undefined,
  }));
  return { rows: new StreamedRows(store, { shards }, basis, n), reads };
}

const weights = [0.5, 2];
const queries = [3, 69, 70];
const allowed = Uint8Array.from({ length: n }, (_, row) => Number(!queries.includes(row) && row % 5 !== 0));

/** Distance to the mean of some rows, of the definition. */
function distance(row: number, to: readonly number[]): number {
  const mean = (unit: number): number =>
    to.reduce((sum, each) => sum + responses[each * d + unit]!, 0) / to.length;
  const parts = Array.from({ length: d - 1 }, (_, unit) => {
    const difference = (responses[row * d + unit]! - mean(unit)) * basis.scale[unit]!;
    return (weights[unit < 4 ? 0 : 1]! * difference) ** 2;
  });
  return Math.sqrt(parts.reduce((sum, part) => sum + part, 0));
}

const graph: NeighborGraph = {
  n,
  k: 2,
  indices: Int32Array.from({ length: n * 2 }, (_, i) => ((i >> 1) * 7 + (i % 2) * 31 + 1) % n),
  distances: new Float32Array(n * 2),
};
const search = (rows: LayerRows, change: object = {}) =>
  searchWeighted(rows, weights, queries, {
    allowed,
    k,
    signal: new AbortController().signal,
    graph,
    ...change,
  });

describe.each([
  ['in memory', () => ResidentRows.read(streamed().rows)],
  ['in the store', () => Promise.resolve(streamed().rows)],
])('responses %s', (_, open) => {
  it('give the nearest by the definition, over all shards', async () => {
    const { found } = await search(await open());
    const expected = Array.from(allowed, (one, row) => ({ row, distance: distance(row, queries), one }))
      .filter(({ one }) => one === 1)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, k);
    expect(Array.from(found.rows)).toEqual(expected.map(({ row }) => row));
    expected.forEach((each, at) => {
      expect(found.distances[at]).toBeCloseTo(each.distance, 5);
    });
  });

  it('give the median distance of neighbours, whatever shards they are in', async () => {
    const distances = Array.from(graph.indices, (neighbor, i) => distance(neighbor, [i >> 1]));
    const expected = distances.sort((a, b) => a - b)[distances.length >> 1]!;
    expect((await search(await open())).median).toBeCloseTo(expected, 5);
    expect((await search(await open(), { graph: undefined })).median).toBe(0);
  });

  it('give nothing where nothing is wanted, and stop for who leaves', async () => {
    expect((await search(await open(), { k: 0 })).found.rows).toHaveLength(0);
    const signal = AbortSignal.abort(new Error('left'));
    await expect(search(await open(), { signal })).rejects.toThrow('left');
  });
});

it('responses in the store are read twice a search, and stay nowhere', async () => {
  const { rows, reads } = streamed();
  await search(rows);
  expect(reads).toEqual([2, 2, 2, 2]);
  expect(rows.byteLength).toBeLessThan(1000);
});
