import { type NeighborGraph, type Points, points } from '@noema/manifold';
import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { writeVectors } from '@noema/population/files';
import { type MemoryStore, memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { activationSet, memoryGraphs, memoryIndexes, memoryKinds, memorySets } from '../../test/memory.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { MatrixStore } from '../activation-set/matrix.store.js';
import { withRows } from '../activation-set/row-mask.js';
import type { BuildPayload } from './build.js';
import { BuildExecutor } from './build.executor.js';

/** Points on a line at squares, so that every neighbour and every distance is another one. */
const VECTORS = points(
  Float32Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? (i / 2) ** 2 : 0)),
  2,
);

let store: MemoryStore;
let matrices: MatrixStore;
let set: ActivationSet;
let sets: ReturnType<typeof memorySets>;
let indexes: ReturnType<typeof memoryIndexes>;
let graphs: ReturnType<typeof memoryGraphs>;
let announced: string[];
let steps: string[];
/** Numbers of vectors that indexes were built from. */
let built: number[];
let payload: BuildPayload;
let executor: BuildExecutor;

beforeEach(async () => {
  [store, sets, indexes, graphs, announced, steps] = [
    memoryStore(),
    memorySets(),
    memoryIndexes(),
    memoryGraphs(),
    [],
    [],
  ];
  built = [];
  matrices = new MatrixStore(store);
  const file = writeVectors({ data: VECTORS.data, rows: 6, width: 2 });
  const ref = await store.put('team/project/activations/set/vectors-0.arrow', file, 'x');
  set = activationSet(6, { vectors: [ref] });
  payload = { activationSetId: set.id, indexId: uuidv7(), neighborGraphId: uuidv7() };
  await sets.save(set);
  await indexes.insert({ id: payload.indexId, set, kind: 'exact', params: {}, jobId: 'job' });
  await graphs.insert({ id: payload.neighborGraphId, set, k: 5, method: 'exact', jobId: 'job' });
  executor = new BuildExecutor(
    memoryWork,
    sets,
    indexes,
    graphs,
    matrices,
    { ready: ({ id }) => Promise.resolve(void announced.push(id)) },
    {
      get: (key) => ({
        ...memoryKinds.get(key),
        build: ({ n }) => {
          built.push(n);
          return Promise.resolve(undefined);
        },
      }),
    },
    { engineThreads: 1 },
  );
});

const control = {
  signal: new AbortController().signal,
  progress: (done: number, total: number, unit: string, message = '') =>
    void steps.push(`${done}/${total} ${unit} ${message}`.trim()),
};
const part = async (over: Partial<BuildPayload> = {}): Promise<NeighborGraph> =>
  matrices.graph((await executor.part(set.teamId, { ...payload, ...over }, 0, control))!);
const publish = (parts: readonly ArtifactRef[], over: Partial<BuildPayload> = {}) =>
  executor.publish(set.teamId, { ...payload, ...over }, parts, control);

/** Neighbours of every row by sorting all distances. */
function sortedNeighbors({ data, n, d }: Points): { indices: number[]; distances: number[] } {
  const rows = Array.from({ length: n }, (_, i) => [...data.subarray(i * d, (i + 1) * d)]);
  const nearest = rows.map((row, i) =>
    rows
      .map((other, at) => ({ at, far: Math.hypot(...row.map((value, c) => value - other[c]!)) }))
      .filter(({ at }) => at !== i)
      .sort((a, b) => a.far - b.far),
  );
  return {
    indices: nearest.flatMap((of) => of.map(({ at }) => at)),
    distances: nearest.flatMap((of) => of.map(({ far }) => far)),
  };
}

describe('a part of the graph', () => {
  it.each(['exact', 'nn-descent'] as const)(
    'has all neighbours of its rows, nearest first, by %s',
    async (method) => {
      const { n, k, indices, distances } = await part({ method });
      expect({ n, k }).toEqual({ n: 6, k: 5 });
      const expected = sortedNeighbors(VECTORS);
      expect([...indices]).toEqual(expected.indices);
      expect([...distances]).toEqual(expected.distances);
    },
  );

  it('is not computed for a set that has its graph', async () => {
    expect(await executor.part(set.teamId, { ...payload, neighborGraphId: '' }, 0, control)).toBeUndefined();
  });

  it('is refused for a set that was deleted', async () => {
    await expect(part({ activationSetId: uuidv7() })).rejects.toMatchObject({
      reason: 'ACTIVATION_SET_NOT_FOUND',
    });
  });
});

describe('publishing', () => {
  const file = () => executor.part(set.teamId, payload, 0, control).then((ref) => ref!);

  it('completes index and graph, and announces the graph, only when the caller commits', async () => {
    const commit = await publish([await file()]);
    expect(await graphs.find(payload.neighborGraphId)).toMatchObject({ state: 'queued' });
    expect(announced).toEqual([]);
    await commit();
    const { distances } = sortedNeighbors(VECTORS);
    expect(await indexes.find(payload.indexId)).toMatchObject({ state: 'succeeded', recall: 1 });
    expect(await graphs.find(payload.neighborGraphId)).toMatchObject({
      state: 'succeeded',
      recall: 1,
      medianDistance: distances.sort((a, b) => a - b)[15],
    });
    expect(announced).toEqual([payload.neighborGraphId]);
    expect(steps.slice(-3)).toEqual([
      '0/2 steps building the index',
      '1/2 steps measuring recall',
      '2/2 steps publishing',
    ]);
  });

  it('joins the parts in their order', async () => {
    const { indices, distances, k } = await part();
    const parts = await Promise.all(
      [0, 1].map((half) => {
        const [from, to] = [half * 15, (half + 1) * 15];
        const of = { n: 3, k, indices: indices.slice(from, to), distances: distances.slice(from, to) };
        return matrices.putGraph(set, payload.neighborGraphId, `part-${half}`, of);
      }),
    );
    await (await publish(parts))();
    const { artifact, recall } = (await graphs.find(payload.neighborGraphId))!;
    expect(await matrices.graph(artifact!)).toEqual({ n: 6, k, indices, distances });
    expect(recall).toBe(1);
  });

  it('measures what the graph itself finds, not what computed it', async () => {
    const { indices, distances, k } = await part();
    // Row 0 names row 5, the farthest, five times.
    const wrong = { n: 6, k, indices: indices.slice().fill(5, 0, k), distances };
    await (await publish([await matrices.putGraph(set, payload.neighborGraphId, 'part-0', wrong)]))();
    const { recall } = (await graphs.find(payload.neighborGraphId))!;
    expect(recall).toBe(1);
    const near = { ...wrong, indices: indices.slice().fill(-1, 0, k) };
    await (await publish([await matrices.putGraph(set, payload.neighborGraphId, 'part-0', near)]))();
    expect((await graphs.find(payload.neighborGraphId))!.recall).toBeCloseTo(5 / 6, 12);
  });

  it('leaves the graph of a set alone that has one', async () => {
    await (await publish([], { neighborGraphId: '' }))();
    expect(await indexes.find(payload.indexId)).toMatchObject({ state: 'succeeded' });
    expect(await graphs.find(payload.neighborGraphId)).toMatchObject({ state: 'queued' });
    expect(announced).toEqual([]);
  });

  it('builds the index without the rows that were removed, and records them', async () => {
    const removed = withRows(undefined, Int32Array.of(2), 6);
    await sets.setRemoved(set.id, removed);
    await (await publish([], { neighborGraphId: '' }))();
    expect(await indexes.find(payload.indexId)).toMatchObject({ leftOut: removed, recall: 1 });
    expect(built).toEqual([5]);
  });

  it('is refused for an index or a graph that was deleted', async () => {
    await expect(publish([], { indexId: uuidv7() })).rejects.toMatchObject({ reason: 'INDEX_NOT_FOUND' });
    const commit = await publish([await file()], { neighborGraphId: uuidv7() });
    await expect(commit()).rejects.toMatchObject({ kind: 'not-found' });
  });
});
