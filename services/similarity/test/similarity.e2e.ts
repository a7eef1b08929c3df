import { parseArtifactRef } from '@noema/contracts';
import { IndexKind } from '@noema/contracts/noema/similarity/v1/index';
import { IndexService } from '@noema/contracts/noema/similarity/v1/index_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import type { NeighborGraphReady as Body } from '@noema/contracts/noema/similarity/v1/neighbor_graph_events';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { readMatrix } from '@noema/artifacts';
import { NeighborGraphReady } from '@noema/events';
import { fromJson } from '@bufbuild/protobuf';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { exactNeighbors, points } from '@noema/manifold';
import { assertRowLevelSecurity } from '@noema/postgres';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Planted, type Platform, type Sample, startPlatform } from './platform.js';

const random = seededRandom(5);
/** Three classes around three corners of a cube, in two splits. */
const samples: Sample[] = Array.from({ length: 900 }, (_, i) => ({
  split: i < 600 ? 'training' : 'validation',
  id: `s${i}`,
  label: i % 3,
  ink: i / 900,
  vector: Array.from({ length: 8 }, (_, c) => (c === i % 3 ? 10 : 0) + random() * 3),
}));
const ref = (i: number) => ({
  split: samples[i]!.split === 'training' ? Split.TRAINING : Split.VALIDATION,
  sampleId: `s${i}`,
});
const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((x, c) => Math.fround(x) - Math.fround(b[c]!)));

let platform: Platform;
let planted: Planted;
const ready: Body[] = [];
const find = (request: object, teamId = planted.teamId) =>
  platform
    .client(SimilarityService, teamId)
    .findSimilar({ activationSetId: planted.activationSetId, k: 5, queries: [ref(0)], ...request });

beforeAll(async () => {
  platform = await startPlatform();
  await platform.bus.subscribe(
    { name: 'test__neighbor_graph_ready', event: NeighborGraphReady.name },
    (message) => {
      ready.push(fromJson(NeighborGraphReady.schema, message.body));
      return Promise.resolve();
    },
  );
  planted = await platform.plant(samples);
  await platform.announce(planted, samples);
  await waitFor(() => ready.length > 0, { what: 'the graph to be announced', timeoutMs: 150_000 });
});
afterAll(() => platform.stop());

describe('the methods of the similarity service', () => {
  const list = async (kind: string) =>
    (await platform.client(MethodService, planted.teamId).listMethods({ service: 'similarity', kind }))
      .methods;

  it('are kinds of indexes, with the default and what a search may set', async () => {
    const kinds = await list('index');
    expect(kinds.map(({ key, facts }) => [key, facts])).toEqual([
      ['exact', { exact: true, usedByDefault: true, atSearch: '' }],
      ['faiss-flat', { exact: true, usedByDefault: false, atSearch: '' }],
      ['faiss-hnsw', { exact: false, usedByDefault: false, atSearch: 'ef_search' }],
    ]);
    for (const { summary, parameters } of kinds)
      for (const text of [summary, ...parameters.map(({ help }) => help)])
        expect(text).toMatch(/^[A-Z].*\.$/);
  });

  it('are a search with the number of results that it returns when a request names none', async () => {
    const [{ parameters }] = (await list('search')) as [Awaited<ReturnType<typeof list>>[number]];
    expect(parameters).toMatchObject([{ name: 'k', default: { kind: { value: 24 } }, maximum: 1_000 }]);
    expect(await find({ k: 0 })).toMatchObject({ similar: { length: 24 }, indexMethod: 'exact' });
  });
});

describe('a set that became visible', () => {
  it('gets index and graph without being asked, with measured recall, and announces them', async () => {
    const graphs = platform.client(NeighborGraphService, planted.teamId);
    const { neighborGraphs } = await graphs.listNeighborGraphs({ projectId: planted.projectId });
    expect(neighborGraphs).toHaveLength(1);
    expect(neighborGraphs[0]).toMatchObject({
      activationSetId: planted.activationSetId,
      state: JobState.SUCCEEDED,
      sampleCount: 900,
      k: 24,
      recall: 1,
    });
    expect(ready[0]).toMatchObject({
      activationSetId: planted.activationSetId,
      k: 24,
      sampleCount: 900,
      perceptionSpaceId: 'all',
      neighborGraphId: neighborGraphs[0]!.id,
    });
    const { indexes } = await platform
      .client(IndexService, planted.teamId)
      .listIndexes({ projectId: planted.projectId, filter: 'state = "succeeded"' });
    expect(indexes).toMatchObject([
      { kind: IndexKind.EXACT, recall: 1, dimensions: 8, id: ready[0]!.indexId },
    ]);
    const { job } = await platform
      .client(JobService, planted.teamId)
      .getJob({ service: 'similarity', jobId: indexes[0]!.jobId });
    expect(job).toMatchObject({
      kind: 'similarity.build',
      title: 'Find neighbors',
      state: JobState.SUCCEEDED,
      attempt: 1,
    });
  });

  it('has the neighbours that comparing all pairs gives', async () => {
    const file = readMatrix(await platform.store.get(parseArtifactRef(ready[0]!.artifact, 'artifact')));
    const oracle = exactNeighbors(points(Float32Array.from(samples.flatMap((s) => s.vector)), 8), 24);
    expect(file.int32('indices').data).toEqual(oracle.indices);
    expect(file.float32('distances').data).toEqual(oracle.distances);
  });

  it('announced again it changes nothing', async () => {
    await platform.announce(planted, samples);
    const other = await platform.plant(samples.slice(0, 30));
    await platform.announce(other, samples.slice(0, 30));
    await waitFor(() => ready.some((r) => r.activationSetId === other.activationSetId));
    expect(ready.filter((r) => r.activationSetId === planted.activationSetId)).toHaveLength(1);
    expect(ready.at(-1)).toMatchObject({ k: 24, sampleCount: 30 });
  });
});

describe('vectors that cannot be searched', () => {
  const failed = (of: Planted) =>
    waitFor(
      async () => {
        const {
          neighborGraphs: [graph],
        } = await platform
          .client(NeighborGraphService, of.teamId)
          .listNeighborGraphs({ projectId: of.projectId });
        return graph?.state === JobState.FAILED ? graph : undefined;
      },
      { what: 'the graph to fail' },
    );
  const some = samples.slice(0, 40);

  it('RELIABILITY 30: NaN fails the job with the place, and nothing is visible', async () => {
    const broken = await platform.plant(some);
    await platform.announce(
      broken,
      some.map((s, i) => (i === 7 ? { ...s, vector: s.vector.map((x, c) => (c === 2 ? NaN : x)) } : s)),
    );
    const graph = await failed(broken);
    expect(graph.fault).toMatchObject({
      reason: 'POINT_NOT_FINITE',
      metadata: { point: '7', dimension: '2' },
    });
    expect(graph.artifact).toBeUndefined();
    await expect(find({ activationSetId: broken.activationSetId }, broken.teamId)).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'INDEX_NOT_READY',
    });
  });
  it('RELIABILITY 11: changed bytes fail the job as damaged and are never searched', async () => {
    const broken = await platform.plant(some);
    await platform.announce(broken, some, true);
    expect((await failed(broken)).fault).toMatchObject({ reason: 'ARTIFACT_DAMAGED' });
    expect(ready.some((r) => r.activationSetId === broken.activationSetId)).toBe(false);
  });
  it('one sample alone has no neighbours: a request for them is refused', async () => {
    const lonely = await platform.plant(samples.slice(0, 1));
    await platform.announce(lonely, samples.slice(0, 1));
    const refusal = { kind: 'precondition', reason: 'TOO_FEW_SAMPLES' };
    const { teamId, projectId, activationSetId } = lonely;
    await waitFor(
      () =>
        find({ activationSetId }, teamId).then(
          () => false,
          ({ reason }: { reason: string }) => reason === refusal.reason,
        ),
      { what: 'the set to be known' },
    );
    await expect(
      platform.client(IndexService, teamId, 'editor').createIndex({ projectId, activationSetId }),
    ).rejects.toMatchObject(refusal);
    expect(
      (await platform.client(NeighborGraphService, teamId).listNeighborGraphs({ projectId })).neighborGraphs,
    ).toEqual([]);
  });
});

describe('fetch similar', () => {
  it('finds the nearest, without the query, nearest first', async () => {
    const { similar, recall, indexKind, perceptionSpaceId } = await find({ k: 12 });
    expect({ recall, indexKind, perceptionSpaceId }).toEqual({
      recall: 1,
      indexKind: IndexKind.EXACT,
      perceptionSpaceId: 'all',
    });
    const expected = samples
      .map((s, row) => ({ row, far: distance(s.vector, samples[0]!.vector) }))
      .filter(({ row }) => row !== 0)
      .sort((a, b) => a.far - b.far)
      .slice(0, 12);
    expect(similar.map((s) => s.row)).toEqual(expected.map((e) => e.row));
    expect(similar[0]!.distance).toBeCloseTo(expected[0]!.far, 5);
    expect(similar.every((s) => samples[s.row]!.label === 0 && s.sample!.sampleId === `s${s.row}`)).toBe(
      true,
    );
    expect(similar.map((s) => s.rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(similar[0]!.similarity).toBeGreaterThan(similar.at(-1)!.similarity);
  });
  it('asks for 24 when k is left out', async () => {
    expect((await find({ k: 0 })).similar).toHaveLength(24);
  });
  it('gives all candidates when they are fewer than requested, and says how many', async () => {
    const all = await find({ k: 1000 });
    expect([all.similar.length, all.candidateCount]).toEqual([samples.length - 1, samples.length - 1]);
    const few = samples.flatMap(({ ink }, row) => (ink < 0.005 && row !== 0 ? [row] : []));
    const some = await find({ k: 0, filter: 'metadata.ink < 0.005' });
    expect([some.similar.map(({ row }) => row).sort((a, b) => a - b), some.candidateCount]).toEqual([
      few,
      few.length,
    ]);
    expect(await find({ filter: 'metadata.ink > 7' })).toMatchObject({
      similar: [],
      candidateCount: 0,
      recall: 1,
    });
  });
  it('filters by label and by what is not there, as lists do', async () => {
    const rows = async (filter: string): Promise<number> => (await find({ filter, k: 1 })).candidateCount;
    expect(await rows('label = "1"')).toBe(await rows('class_name = "1"'));
    expect([
      await rows('label = null'),
      await rows('label != null'),
      (await rows('split = SPLIT_VALIDATION')) + (await rows('split != SPLIT_VALIDATION')),
    ]).toEqual([0, samples.length - 1, samples.length - 1]);
    await expect(find({ filter: 'split = "ready"' })).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'FILTER_INVALID',
    });
  });
  it('takes several queries by the mean of their vectors', async () => {
    const { similar } = await find({ queries: [ref(0), ref(1)], k: 3 });
    const mean = samples[0]!.vector.map((x, c) => (x + samples[1]!.vector[c]!) / 2);
    const expected = samples
      .map((s, row) => ({ row, far: distance(s.vector, mean) }))
      .filter(({ row }) => row > 1)
      .sort((a, b) => a.far - b.far);
    expect(similar.map((s) => s.row)).toEqual(expected.slice(0, 3).map((e) => e.row));
  });
  it('keeps to the splits and the filter', async () => {
    const { similar } = await find({
      splits: [Split.VALIDATION],
      filter: 'metadata.ink > 0.9 AND NOT class_name = "1"',
      k: 20,
    });
    expect(similar).toHaveLength(20);
    expect(
      similar.every(
        ({ row, sample }) =>
          sample!.split === Split.VALIDATION && samples[row]!.ink > 0.9 && samples[row]!.label !== 1,
      ),
    ).toBe(true);
  });
});

describe('bad input', () => {
  it.each([
    ['negative k', { k: -1 }, 'invalid', 'K_INVALID'],
    ['no query', { queries: [] }, 'invalid', 'QUERIES_EMPTY'],
    [
      'a sample that does not exist',
      { queries: [{ split: Split.TRAINING, sampleId: 'nobody' }] },
      'not-found',
      'SAMPLE_NOT_FOUND',
    ],
    [
      'a sample of another split',
      { queries: [{ split: Split.VALIDATION, sampleId: 's0' }] },
      'not-found',
      'SAMPLE_NOT_FOUND',
    ],
    ['a filter over an unknown field', { filter: 'metadata.weight > 3' }, 'invalid', 'FILTER_INVALID'],
    ['a set that does not exist', { activationSetId: uuidv7() }, 'not-found', 'ACTIVATION_SET_NOT_FOUND'],
    ['no id at all', { activationSetId: '../etc' }, 'not-found', 'ACTIVATION_SET_NOT_FOUND'],
    [
      'settings of a search that an exact index does not have',
      { searchParams: { ef_search: 64 } },
      'invalid',
      'PARAMETER_UNKNOWN',
    ],
    ['an index that was not made', { indexKind: IndexKind.FAISS_HNSW }, 'not-found', 'INDEX_NOT_FOUND'],
    ['the same by its key', { indexMethod: 'faiss-hnsw' }, 'not-found', 'INDEX_NOT_FOUND'],
    ['a kind of index that does not exist', { indexMethod: 'annoy' }, 'invalid', 'INDEX_KIND_UNKNOWN'],
    ['a number that no kind has', { indexKind: 9 as IndexKind }, 'invalid', 'FIELD_INVALID'],
    [
      'a number and a key that name two kinds',
      { indexKind: IndexKind.EXACT, indexMethod: 'faiss-flat' },
      'invalid',
      'METHOD_AMBIGUOUS',
    ],
  ])('%s', async (_name, request, kind, reason) => {
    await expect(find(request)).rejects.toMatchObject({ kind, reason });
  });
  it('a kind of index is named by its key, in a search and for a new index', async () => {
    const { similar, indexMethod } = await find({ indexMethod: 'exact' });
    expect(indexMethod).toBe('exact');
    expect(similar).toEqual((await find({ indexKind: IndexKind.EXACT })).similar);
    const editor = platform.client(IndexService, planted.teamId, 'editor');
    const request = { projectId: planted.projectId, activationSetId: planted.activationSetId };
    const { index } = await editor.createIndex({ ...request, method: 'exact' });
    expect(index).toMatchObject({ kind: IndexKind.EXACT, method: 'exact' });
    await expect(editor.createIndex({ ...request, method: 'annoy' })).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'INDEX_KIND_UNKNOWN',
    });
  });

  it('unknown settings of an index are refused by name, and a viewer may not make one', async () => {
    const create = {
      projectId: planted.projectId,
      activationSetId: planted.activationSetId,
      kind: IndexKind.EXACT,
      params: { m: 3 },
    };
    await expect(
      platform.client(IndexService, planted.teamId, 'editor').createIndex(create),
    ).rejects.toMatchObject({ kind: 'invalid', reason: 'PARAMETER_UNKNOWN' });
    await expect(platform.client(IndexService, planted.teamId).createIndex(create)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(
      platform
        .client(IndexService, planted.teamId, 'editor')
        .createIndex({ ...create, params: {}, projectId: uuidv7() }),
    ).rejects.toMatchObject({ kind: 'not-found', reason: 'ACTIVATION_SET_NOT_FOUND' });
  });
});

describe('samples that are removed', () => {
  const own = samples.slice(0, 120);
  let set: Planted;
  const findIn = (request: object = {}) =>
    find({ activationSetId: set.activationSetId, k: 8, ...request }, set.teamId);
  const remove = (selection: object, role: 'viewer' | 'editor' = 'editor') =>
    platform
      .client(SimilarityService, set.teamId, role)
      .removeSamples({ activationSetId: set.activationSetId, selection });
  const index = async () =>
    (await platform.client(IndexService, set.teamId).listIndexes({ projectId: set.projectId })).indexes[0]!;
  const nearest = (removed: ReadonlySet<number>) =>
    own
      .map((s, row) => ({ row, far: distance(s.vector, own[0]!.vector) }))
      .filter(({ row }) => row !== 0 && !removed.has(row))
      .sort((a, b) => a.far - b.far)
      .slice(0, 8)
      .map(({ row }) => row);
  const gone = new Set<number>();
  beforeAll(async () => {
    set = await platform.plant(own);
    await platform.announce(set, own);
    await waitFor(() => ready.some((r) => r.activationSetId === set.activationSetId));
  });

  it('are not found any more, at once; the index is not built again for a few', async () => {
    for (const row of nearest(gone).slice(0, 3)) gone.add(row);
    expect((await remove({ rows: [...gone] })).removedCount).toBe(3);
    const { similar, recall } = await findIn();
    expect(similar.map((s) => s.row)).toEqual(nearest(gone));
    expect(recall).toBe(1);
    expect(await index()).toMatchObject({ leftOutCount: 0, compactionJobId: '' });
  });

  it('more than a fifth: the index is built again without them, and finds the same', async () => {
    const more = nearest(gone).concat(own.flatMap((s, row) => (s.label === 1 && row > 30 ? [row] : [])));
    const before = new Set(more.filter((row) => !gone.has(row)));
    for (const row of before) gone.add(row);
    expect((await remove({ rows: [...before] })).removedCount).toBe(gone.size);
    expect((await findIn()).similar.map((s) => s.row)).toEqual(nearest(gone));
    await waitFor(async () => (await index()).leftOutCount === gone.size, {
      what: 'the index to be built again',
      timeoutMs: 150_000,
    });
    expect(await index()).toMatchObject({ state: JobState.SUCCEEDED, recall: 1 });
    expect((await findIn()).similar.map((s) => s.row)).toEqual(nearest(gone));
    expect(
      (await findIn({ filter: 'class_name = "2"' })).similar.every(
        ({ row }) => own[row]!.label === 2 && !gone.has(row),
      ),
    ).toBe(true);
  });

  it('twice is once, more than there are is not found, and an unknown row is refused', async () => {
    expect((await remove({ rows: [[...gone][0]] })).removedCount).toBe(gone.size);
    expect(await findIn({ k: 200 })).toMatchObject({
      candidateCount: 119 - gone.size,
      similar: { length: 119 - gone.size },
    });
    await expect(remove({ rows: [120] })).rejects.toMatchObject({ kind: 'invalid', reason: 'ROW_INVALID' });
    await expect(remove({ rows: [1] }, 'viewer')).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('cannot be removed by another team', async () => {
    await expect(
      platform
        .client(SimilarityService, uuidv7(), 'editor')
        .removeSamples({ activationSetId: set.activationSetId, selection: { rows: [1] } }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('RELIABILITY 28: another team', () => {
  it('does not find set, index, graph or job', async () => {
    const stranger = uuidv7();
    await expect(find({}, stranger)).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'ACTIVATION_SET_NOT_FOUND',
    });
    await expect(
      platform.client(IndexService, stranger).getIndex({ indexId: ready[0]!.indexId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      platform
        .client(NeighborGraphService, stranger)
        .getNeighborGraph({ neighborGraphId: ready[0]!.neighborGraphId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    expect(
      (await platform.client(IndexService, stranger).listIndexes({ projectId: planted.projectId })).indexes,
    ).toEqual([]);
    await expect(
      platform.client(IndexService, stranger, 'editor').deleteIndex({ indexId: ready[0]!.indexId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });
  it('and a request without a token is refused', async () => {
    await expect(
      platform.anonymous(SimilarityService).findSimilar({ activationSetId: planted.activationSetId }),
    ).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
  it('is kept apart by the database itself', () => assertRowLevelSecurity(platform.adminUrl, 'similarity'));
});
