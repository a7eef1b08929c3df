import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { Algorithm, type Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { PointColumnType } from '@noema/contracts/noema/projection/v1/point';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { exactNeighbors, pcaMap, points } from '@noema/manifold';
import { untilEnded, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, type Population, startPlatform } from './platform.js';

const N = 300;
const M = 90;
const D = 6;
const makeClasses = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => (i % 9 === 8 ? -1 : i % 3));
/** Three clouds; `away` moves them all. */
function makeVectors(count: number, seed: number, away = 0): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from(
    { length: count * D },
    (_, e) => (e % D === Math.floor(e / D) % 3 ? 8 : 0) + random() * 3 + away,
  );
}

let platform: Platform;
let stored: Population;
let other: Population;
let setId: string;
let otherSetId: string;
let automatic: Exploration;
const api = (teamId = stored.teamId, role: 'viewer' | 'editor' = 'editor') =>
  platform.client(ExplorationService, teamId, role);
const ended = (id: string): Promise<Exploration> =>
  untilEnded(async () => (await api().getExploration({ explorationId: id })).exploration, {
    timeoutMs: 120_000,
    what: `map ${id}`,
  });
const place = async (explorationId: string, activationSetId = otherSetId): Promise<Exploration> =>
  ended((await api().projectExploration({ explorationId, activationSetId })).exploration!.id);
const read = async (e: Exploration) =>
  readMatrix(await platform.store.get(parseArtifactRef(e.points, 'points')));
const bytes = (b: Uint8Array): ArrayBuffer =>
  b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) as ArrayBuffer;

beforeAll(async () => {
  platform = await startPlatform();
  stored = await platform.population(makeClasses(N));
  other = await platform.population(makeClasses(M), ['zero', 'other', 'two'], { of: stored, from: 20_000 });
  setId = await platform.announce(stored, uuidv7(), 1, makeVectors(N, 1), D);
  otherSetId = await platform.project(other, setId, makeVectors(M, 2), D);
  automatic = await waitFor(
    async () => {
      const [map] = (await api().listExplorations({ projectId: stored.projectId, activationSetId: setId }))
        .explorations;
      return map?.state === JobState.SUCCEEDED ? map : undefined;
    },
    { timeoutMs: 120_000, what: 'the stored map' },
  );
}, 240_000);
afterAll(() => platform.stop());

describe('other data in a stored map', () => {
  it(
    'are a map of their own: the unchanged stored points, the placed ones behind them in their classes, ' +
      'with numbers that can be computed again',
    async () => {
      const map = await place(automatic.id);
      expect(map).toMatchObject({
        state: JobState.SUCCEEDED,
        projectedOnto: automatic.id,
        pointCount: N + M,
        automatic: false,
        algorithm: Algorithm.UMAP,
        activationSetId: setId,
        trust: automatic.trust,
        placed: {
          activationSetId: otherSetId,
          datasetVersionId: other.datasetVersionId,
          firstRow: N,
          sampleCount: M,
          k: 15,
        },
      });
      const [whole, before] = await Promise.all([read(map), read(automatic)]);
      for (const [name, width] of [
        ['coordinates', 2],
        ['trust', 1],
      ] as const)
        expect(whole.float32(name).data.slice(0, N * width)).toEqual(before.float32(name).data.slice());
      expect(whole.int32('clusters').data.slice(0, N)).toEqual(before.int32('clusters').data.slice());
      const trust = whole.float32('trust').data.slice(N);
      expect(map.placed!.knnOverlap).toBeCloseTo(trust.reduce((sum, share) => sum + share, 0) / M, 6);
      // All pairs of all points: the nearest stored ones of each placed one, in both spaces.
      const near = (data: Float32Array, d: number) => exactNeighbors(points(data, d), N + M - 1).indices;
      const both = new Float32Array((N + M) * D);
      both.set(makeVectors(N, 1));
      both.set(makeVectors(M, 2), N * D);
      const nearest = (all: Int32Array, i: number): number[] =>
        [...all.subarray(i * (N + M - 1), (i + 1) * (N + M - 1))].filter((j) => j < N).slice(0, 15);
      const [inVectors, inMap] = [near(both, D), near(whole.float32('coordinates').data.slice(), 2)];
      for (let i = 0; i < M; i++)
        expect(trust[i]).toBeCloseTo(
          nearest(inVectors, N + i).filter((j) => nearest(inMap, N + i).includes(j)).length / 15,
          6,
        );
      expect(map.placed!.distanceRatio).toBeGreaterThan(0.8);
      expect(map.placed!.distanceRatio).toBeLessThan(1.3);
      // The other version calls one class by a name of its own, which stands behind the names of the map.
      const truth = whole.int32('classes').data.slice(N);
      expect([...truth.subarray(0, 9)]).toEqual([0, 3, 2, 0, 3, 2, 0, 3, -1]);
    },
  );

  it(
    'are streamed as points of the same format: their samples, no evaluation, and where each point is ' +
      'from',
    async () => {
      const map = await place(automatic.id);
      const columns = ['loss', 'correct', 'split', 'metadata.colour', 'true_class', 'origin'];
      const chunks = [];
      for await (const { chunk } of api().streamPoints({ explorationId: map.id, chunkSize: N, columns }))
        chunks.push(chunk!);
      expect(chunks.map((c) => [c.firstRow, c.pointCount])).toEqual([
        [0, N],
        [N, M],
      ]);
      const [loss, correct, split, colour, truth, origin] = chunks[1]!.columns;
      expect([...loss!.missing]).toEqual(new Array(M).fill(1));
      expect([...new Int32Array(bytes(correct!.values))]).toEqual(new Array(M).fill(-1));
      expect(chunks[0]!.columns[0]!.missing[0]).toBe(0);
      expect(colour).toMatchObject({ type: PointColumnType.CODE, names: ['blue', 'red'] });
      expect([...new Int32Array(bytes(colour!.values))].slice(0, 4)).toEqual([1, 0, 1, 0]);
      expect([...new Int32Array(bytes(split!.values))].slice(0, 2)).toEqual([1, 0]);
      expect(truth!.names).toEqual(['zero', 'one', 'two', 'other']);
      expect(origin!.names).toEqual(['map', 'placed']);
      expect(chunks.map((c) => new Set(new Int32Array(bytes(c.columns[5]!.values))))).toEqual([
        new Set([0]),
        new Set([1]),
      ]);
      let size = 0;
      for await (const { body } of api().streamPointColumns({ explorationId: map.id, columns: ['*'] }))
        size += body!.data.length;
      expect(size).toBeGreaterThan(0);
    },
  );

  it.each([
    ['PCA', Algorithm.PCA, 2],
    ['PCA in space', Algorithm.PCA, 3],
    ['t-SNE', Algorithm.TSNE, 2],
    ['PaCMAP', Algorithm.PACMAP, 2],
    ['UMAP in space', Algorithm.UMAP, 3],
  ] as const)('by %s', async (_name, algorithm, dimensions) => {
    const onto = await ended(
      (
        await api().createExploration({
          projectId: stored.projectId,
          activationSetId: setId,
          algorithm,
          dimensions,
          seed: 3,
        })
      ).exploration!.id,
    );
    const map = await place(onto.id);
    const places = (await read(map)).float32('coordinates').data;
    expect(map).toMatchObject({ state: JobState.SUCCEEDED, algorithm, dimensions });
    expect(places).toHaveLength((N + M) * dimensions);
    // five of eight that have a label have one that the map knows
    expect(map.placed!.labelAgreementMap).toBeGreaterThan(0.4);
    if (algorithm !== Algorithm.PCA) return;
    const { mean, axes } = pcaMap(points(makeVectors(N, 1), D), dimensions);
    const fresh = makeVectors(M, 2);
    for (let i = 0; i < M; i++)
      for (let c = 0; c < dimensions; c++)
        expect(places[(N + i) * dimensions + c]).toBeCloseTo(
          mean.reduce((sum, centre, j) => sum + (fresh[i * D + j]! - centre) * axes[c * D + j]!, 0),
          4,
        );
  });

  it('of another kind have a large distance', async () => {
    const strange = await place(automatic.id, await platform.project(other, setId, makeVectors(M, 2, 40), D));
    expect(strange.placed!.distanceRatio).toBeGreaterThan(10);
  });

  it('are found by their map and in no other list; requested again they are the same map', async () => {
    const [first, again] = [await place(automatic.id), await place(automatic.id)];
    expect(again.id).toBe(first.id);
    const set = await platform.project(other, setId, makeVectors(M, 4), D);
    const ask = () => api().projectExploration({ explorationId: automatic.id, activationSetId: set });
    expect(
      new Set((await Promise.all([ask(), ask(), ask()])).map(({ exploration }) => exploration!.id)).size,
    ).toBe(1);
    const list = async (over: object) =>
      (await api().listExplorations({ projectId: stored.projectId, ...over })).explorations.map(
        ({ id }) => id,
      );
    expect(await list({ projectedOnto: automatic.id })).toContain(first.id);
    expect(await list({})).not.toContain(first.id);
    const { jobs } = await platform
      .client(JobService, stored.teamId)
      .listJobs({ service: 'projection', subjectId: first.id });
    expect(jobs).toHaveLength(1);
    const request = { explorationId: automatic.id, activationSetId: otherSetId, requestId: 'once' };
    expect((await api().projectExploration(request)).exploration!.id).toBe(
      (await api().projectExploration(request)).exploration!.id,
    );
  });

  it('are refused by name where they cannot be placed', async () => {
    const map = await place(automatic.id);
    const elsewhere = await platform.project(other, uuidv7(), makeVectors(M, 2), D);
    await expect(place(automatic.id, elsewhere)).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'SET_NOT_PROJECTED',
    });
    await expect(place(automatic.id, uuidv7())).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'ACTIVATION_SET_NOT_FOUND',
    });
    await expect(place(uuidv7())).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'EXPLORATION_NOT_FOUND',
    });
    await expect(place(map.id)).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'EXPLORATION_PROJECTED',
    });
    await expect(
      api().createExploration({ projectId: stored.projectId, activationSetId: setId, alignedTo: map.id }),
    ).rejects.toMatchObject({ reason: 'NOT_ALIGNABLE' });
    await expect(
      api(stored.teamId, 'viewer').projectExploration({
        explorationId: automatic.id,
        activationSetId: otherSetId,
      }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(
      api(uuidv7()).projectExploration({ explorationId: automatic.id, activationSetId: otherSetId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });
});
